import { storeErrors } from './store-error.ts';

const SEGMENT = /^[A-Za-z0-9._-]+$/;
const MAXIMUM_SEGMENT = 200;
const MAXIMUM_KEY = 800;

/** Files of this prefix are writes in progress; no key has such a segment. */
export const TEMPORARY_PREFIX = '.tmp-';

/**
 * The segments of a key.
 * @throws StoreError `invalid-key` for an absolute key, an empty, `.` or `..` segment, other characters, or one that is too long.
 */
export function segmentsOf(key: string): readonly string[] {
  if (key.length > MAXIMUM_KEY) throw storeErrors.invalidKey(key, `it has ${key.length} characters, over ${MAXIMUM_KEY}`);
  const segments = key.split('/');
  for (const segment of segments) {
    if (segment === '' || segment === '.' || segment === '..') throw storeErrors.invalidKey(key, `it has the segment ${JSON.stringify(segment)}`);
    checkSegment(key, segment);
  }
  return segments;
}

/** Whether the text is a key; a store may hold files of others. */
export function isKey(text: string): boolean {
  try {
    segmentsOf(text);
    return true;
  } catch {
    return false;
  }
}

/** Checks a prefix of keys: like a key, but it may be empty and its last segment may be cut anywhere. */
export function checkPrefix(prefix: string): void {
  const segments = prefix.split('/');
  const last = segments.pop() ?? '';
  if (segments.length > 0) segmentsOf(segments.join('/'));
  if (last !== '') checkSegment(prefix, last);
}

function checkSegment(key: string, segment: string): void {
  if (!SEGMENT.test(segment)) throw storeErrors.invalidKey(key, `the segment ${JSON.stringify(segment.slice(0, 100))} has other characters`);
  if (segment.length > MAXIMUM_SEGMENT) throw storeErrors.invalidKey(key, `a segment has ${segment.length} characters, over ${MAXIMUM_SEGMENT}`);
  if (segment.startsWith(TEMPORARY_PREFIX)) throw storeErrors.invalidKey(key, `${TEMPORARY_PREFIX} is kept for writes in progress`);
}
