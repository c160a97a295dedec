import type { GroupCounts } from './counts.ts';
import { escapeName } from './groups.ts';
import { OUTCOMES, type Tally } from './tally.ts';

/** One attribute, or an intersection of several, of a tally. */
export interface Marginal {
  /** `sex`, or `sex*race`. */
  readonly attribute: string;
  /** Groups that occur; the raw level of a single attribute, `Female*Black` of an intersection. */
  readonly levels: readonly string[];
  readonly single: boolean;
  /** [cells] the group of each cell of the tally */
  readonly groupOfCell: Int32Array;
  readonly counts: GroupCounts;
}

/** Adds up the cells of a tally over all but the attributes named. Groups come in the order of the first attribute's levels, then the second's … */
export function marginal(tally: Tally, attributes: readonly number[]): Marginal {
  const width = tally.attributes.length, keys = new Float64Array(tally.cells);
  for (let cell = 0; cell < tally.cells; cell++) {
    for (const a of attributes) keys[cell] = keys[cell]! * tally.attributes[a]!.levels.length + tally.places[cell * width + a]!;
  }
  const occurring = [...new Set(keys)].sort((a, b) => a - b), position = new Map(occurring.map((key, group) => [key, group]));
  const groupOfCell = Int32Array.from(keys, (key) => position.get(key)!);
  const firstCell = occurring.map((_, group) => groupOfCell.indexOf(group));
  const single = attributes.length === 1;
  const nameOf = (cell: number): string => attributes.map((a) => tally.attributes[a]!.levels[tally.places[cell * width + a]!]!).map((name) => (single ? name : escapeName(name))).join('*');
  const attribute = attributes.map((a) => tally.attributes[a]!.name).map((name) => (single ? name : escapeName(name))).join('*');
  const levels = firstCell.map(nameOf);
  const rows = sumByGroup(tally.rows, groupOfCell, levels.length);
  const cells = tally.weights === null ? rows : sumByGroup(tally.weights, groupOfCell, levels.length);
  return { attribute, levels, single, groupOfCell, counts: { attribute, levels, cells, rows } };
}

/** values: [cells, 9]. @returns [groups, 9] */
export function sumByGroup(values: Float64Array, groupOfCell: Int32Array, groups: number): Float64Array {
  const sum = new Float64Array(groups * OUTCOMES);
  for (let i = 0; i < values.length; i++) sum[groupOfCell[Math.floor(i / OUTCOMES)]! * OUTCOMES + (i % OUTCOMES)]! += values[i]!;
  return sum;
}

/** The group of each row. */
export function codesOf({ groupOfCell }: Marginal, cellOfRow: Uint32Array): Int32Array {
  const codes = new Int32Array(cellOfRow.length);
  for (let row = 0; row < codes.length; row++) codes[row] = groupOfCell[cellOfRow[row]!]!;
  return codes;
}
