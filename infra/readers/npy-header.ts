import { damagedErrors } from './damaged-error.ts';

const MAGIC = Buffer.from('\u0093NUMPY', 'latin1');

/** The longest header that is read; numpy's own are below 200 bytes. */
const MAXIMUM_HEADER = 64 * 1024;

const HEADER = /^\s*\{\s*'descr'\s*:\s*'([^']*)'\s*,\s*'fortran_order'\s*:\s*(True|False)\s*,\s*'shape'\s*:\s*\(([\d,\s]*)\)\s*,?\s*\}\s*$/;
const STRUCTURED = /'descr'\s*:\s*\[/;

export interface NpyHeader {
  /** Such as `<f8`: byte order, kind, bytes. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the values begin. */
  readonly start: number;
}

/** How many bytes of a file `npyHeader` must see; null when that cannot be said from what it has. */
export function npyHeaderBytes(head: Buffer): number | null {
  if (head.length < 12) return null;
  return (head[6] === 1 ? 10 + head.readUInt16LE(8) : 12 + head.readUInt32LE(8));
}

/**
 * The header of one numpy array (npy format versions 1 to 3), as numpy writes it; nothing in it is evaluated.
 * @throws ReaderError `truncated`, `damaged`, or `npz` for records.
 */
export function npyHeader(file: string, array: string, head: Buffer): NpyHeader {
  if (!head.subarray(0, 6).equals(MAGIC)) throw damagedErrors.damaged(file, 'npz', `the member ${array}.npy does not begin like a numpy array`);
  const version = head[6] ?? 0, length = npyHeaderBytes(head);
  if (version < 1 || version > 3) throw damagedErrors.damaged(file, 'npz', `the array ${array} has the version ${version} of the npy format, 1 to 3 are known`);
  if (length !== null && length > MAXIMUM_HEADER) throw damagedErrors.damaged(file, 'npz', `the array ${array} has a header of ${length} bytes`);
  if (length === null || head.length < length) throw damagedErrors.truncated(file, 'npz', `the header of the array ${array} is not whole`);
  const text = head.subarray(version === 1 ? 10 : 12, length).toString('utf8');
  if (STRUCTURED.test(text)) throw damagedErrors.dtype(file, array, 'a record of several fields', 'Save a plain two-dimensional array, or write the table as Parquet or CSV');
  const [, descr, order, dimensions] = HEADER.exec(text) ?? [];
  const shape = (dimensions ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '').map(Number);
  if (descr === undefined || !shape.every(Number.isSafeInteger)) throw damagedErrors.damaged(file, 'npz', `the header of the array ${array} reads ${text.trim().slice(0, 80)}`);
  return { descr, fortranOrder: order === 'True', shape, start: length };
}
