import type { Source } from './source.ts';

/** Bytes [start, end). */
export type ByteRange = readonly [start: number, end: number];

/** Far away each reading is one request. */
const READ_BYTES = 4 * 1024 * 1024;

export function bytesOf(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start, 0);
}

/** Ranges of a source, one behind the other, as a source of their own; what the source lacks is lacking here. */
export function rangeSource(source: Source, ranges: readonly ByteRange[]): Source {
  const bytes = bytesOf(ranges);
  return {
    name: source.name, bytes,
    async *chunks() {
      for (const [start, end] of ranges) {
        for (let at = start; at < end; at += READ_BYTES) yield Buffer.from((await source.read(at, Math.min(end, at + READ_BYTES))).buffer);
      }
    },
    async read(from, to) {
      const parts: Uint8Array[] = [];
      let before = 0;
      for (const [start, end] of ranges) {
        const first = Math.max(start, start + from - before), last = Math.min(end, start + to - before);
        if (first < last) parts.push(await source.read(first, last));
        before += end - start;
      }
      return joined(parts);
    },
  };
}

/** A source of `bytes` bytes of which some ranges are at hand, one behind the other in `kept`: they are read by their places in the whole. */
export function sparseSource(kept: Source, ranges: readonly ByteRange[], bytes: number): Source {
  const read = (from: number, to: number): Promise<Uint8Array<ArrayBuffer>> => {
    let before = 0;
    for (const [start, end] of ranges) {
      if (from >= start && Math.min(to, bytes) <= end) return kept.read(before + from - start, before + Math.min(to, bytes) - start);
      before += end - start;
    }
    throw new RangeError(`bytes ${from} to ${to} of ${kept.name} are not among those that were read`);
  };
  return {
    name: kept.name, bytes,
    chunks() {
      throw new RangeError(`${kept.name} is at hand in parts only`);
    },
    read,
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
