import type { CountedRows, Tally } from './tally.ts';

/** What part of a data set was counted. */
export interface PartCounts extends CountedRows {
  readonly part: number;
}

type Values = Float64Array | Int32Array | Uint32Array;
const KINDS = { float64: Float64Array, int32: Int32Array, uint32: Uint32Array } as const;

/** Where an array lies: its kind and length, in the order of the bytes. */
type Place = readonly [kind: keyof typeof KINDS, length: number] | null;

interface Head {
  readonly part: number;
  readonly attributes: Tally['attributes'];
  readonly cells: number;
  readonly names: readonly string[] | null;
  readonly places: readonly Place[];
}

function kindOf(values: Values): keyof typeof KINDS {
  return values instanceof Float64Array ? 'float64' : values instanceof Int32Array ? 'int32' : 'uint32';
}

const padded = (length: number): number => Math.ceil(length / 8) * 8;

/** Counts of a part as bytes: a length, a head as JSON, then the arrays, each on a multiple of 8. Exact, and the same for the same counts. */
export function packCounts({ part, tally, cellOfRow }: PartCounts): Uint8Array {
  const { attributes, cells, places, rows, weights, squares, units } = tally;
  const arrays: (Values | null)[] = [places, rows, weights, squares, units?.unit ?? null, units?.outcome ?? null, units?.weight ?? null, units?.rows ?? null, cellOfRow];
  const head: Head = { part, attributes, cells, names: units?.names ?? null, places: arrays.map((values) => (values === null ? null : [kindOf(values), values.length])) };
  const text = new TextEncoder().encode(JSON.stringify(head)), start = padded(8 + text.length);
  const bytes = new Uint8Array(arrays.reduce((sum, values) => sum + padded(values?.byteLength ?? 0), start));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  arrays.reduce((at, values) => {
    if (values !== null) bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    return at + padded(values?.byteLength ?? 0);
  }, start);
  return bytes;
}

/** What `packCounts` packed. */
export function unpackCounts(packed: Uint8Array): PartCounts {
  const bytes = packed.slice(), length = new DataView(bytes.buffer).getUint32(0, true);
  const { part, attributes, cells, names, places } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Head;
  let at = padded(8 + length);
  const arrays = places.map((place) => {
    if (place === null) return null;
    const values = new KINDS[place[0]](bytes.buffer, at, place[1]);
    at += padded(values.byteLength);
    return values;
  });
  const [levels, rows, weights, squares, unit, outcome, weight, unitRows, cellOfRow] = arrays;
  const units = names === null ? null : { names, unit: unit as Int32Array, outcome: outcome as Int32Array, weight: weight as Float64Array, rows: unitRows as Float64Array };
  return { part, cellOfRow: cellOfRow as Uint32Array, tally: { attributes, cells, places: levels as Int32Array, rows: rows as Float64Array, weights: weights as Float64Array | null, squares: squares as Float64Array | null, units } };
}
