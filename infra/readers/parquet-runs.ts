import type { PageHeader } from 'hyparquet';

/** How much longer than their page the runs may say they are: writers pad bit-packed runs to full groups. */
const PADDING = 4096;

interface PageValues {
  /** What the page holds, unpacked; of a page of version 2 the values alone. */
  readonly values: Uint8Array;
  /** Of a page of version 2: the definition levels before the values. */
  readonly levels: Uint8Array | null;
  readonly nullable: boolean;
  readonly isBoolean: boolean;
}

/**
 * The library repeats a value as often as a run says, and takes memory for it. This walks over the runs of a page of a flat column
 * (definition levels, dictionary codes, booleans) without unpacking them.
 * @throws RangeError when a run is longer than its page, or the bytes end within one.
 */
export function checkRuns({ data_page_header: v1, data_page_header_v2: v2 }: PageHeader, { values, levels, nullable, isBoolean }: PageValues): void {
  const count = v1?.num_values ?? v2?.num_values ?? 0, encoding = v1?.encoding ?? v2?.encoding;
  if (levels !== null && nullable) walk(levels, 0, levels.length, 1, count);
  let at = 0;
  if (v1 !== undefined && nullable) at = walkWithLength(values, 0, count);
  if (encoding === 'RLE' && isBoolean) walkWithLength(values, at, count);
  else if ((encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') && at < values.length) walk(values, at + 1, values.length, values[at]!, count);
}

function walkWithLength(bytes: Uint8Array, at: number, count: number): number {
  const end = at + 4 + new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
  if (end > bytes.length) throw new RangeError('its levels do not lie in their page');
  walk(bytes, at + 4, end, 1, count);
  return end;
}

function walk(bytes: Uint8Array, start: number, end: number, width: number, count: number): void {
  if (width > 32) throw new RangeError(`values of ${width} bits`);
  for (let at = start, seen = 0; seen < count && at < end;) {
    let header = 0, shift = 0, byte = 0x80;
    for (; byte >= 0x80 && at < end; shift += 7) {
      byte = bytes[at++]!;
      header += (byte & 0x7f) * 2 ** shift;
    }
    const isPacked = header % 2 === 1, run = isPacked ? 8 * Math.floor(header / 2) : Math.floor(header / 2);
    if (run > 2 * count + PADDING) throw new RangeError(`a run of ${run} among ${count} values`);
    at += isPacked ? (run * width) / 8 : Math.ceil(width / 8);
    seen += run;
  }
}
