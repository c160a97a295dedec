import type { Design } from './influence.ts';
import { countRows, type Tally } from './tally.ts';

/** The tally of the same rows by other labels and decisions. */
export function recount(base: Tally, cellOfRow: Uint32Array, { labels, decisions, design }: { readonly labels: Uint8Array; readonly decisions: Uint8Array | null; readonly design: Design | null }): Tally {
  const codes = new Int32Array(cellOfRow), clusters = design?.clusters ?? null, width = base.attributes.length;
  const { tally } = countRows({ rows: codes.length, groupings: [{ attribute: 'cell', levels: Array.from({ length: base.cells }, (_, cell) => String(cell)), codes }], labels, decisions,
    weights: design?.weights ?? null, clusters: clusters === null ? null : { codes: clusters, names: Array.from({ length: clusters.reduce((most, code) => Math.max(most, code), -1) + 1 }, (_, c) => String(c)) } });
  const places = new Int32Array(tally.cells * width);
  tally.places.forEach((from, cell) => places.set(base.places.subarray(from * width, (from + 1) * width), cell * width));
  return { ...tally, attributes: base.attributes, places };
}
