import type { KnownColumn } from './column-facts.ts';

/** Years of age at which laws and studies of work, credit and health commonly cut. */
const AGE_EDGES = [25, 45, 65];
const OLDEST = 120;
/** A group below this share of the rows, or this number, would hardly be compared. */
const SMALLEST_SHARE = 0.02;
const SMALLEST_ROWS = 30;

/** Edges that cut a quantity into groups of some size; ages in years at usual ages, others near their quarters. Null when no cut gives two groups. */
export function guessBins(known: KnownColumn, isAge: boolean): readonly number[] | null {
  if (known.column.kind !== 'number') return null;
  const sorted = known.column.values.filter((value) => !Number.isNaN(value)).sort();
  const years = isAge && known.min >= 0 && known.max <= OLDEST && known.max > 20;
  const cuts = years ? AGE_EDGES : quarters(sorted);
  const [first, last] = years ? [0, OLDEST] : [Math.floor(known.min), Math.ceil(known.max)];
  const least = Math.min(sorted.length / 4, Math.max(SMALLEST_ROWS, SMALLEST_SHARE * sorted.length));
  const edges = [first];
  for (const cut of cuts) {
    const before = edges.at(-1)!;
    if (cut > before && cut < last && rowsIn(sorted, before, cut) >= least && rowsIn(sorted, cut, Infinity) >= least) edges.push(cut);
  }
  return edges.length < 2 || last <= edges.at(-1)! ? null : [...edges, last];
}

/** The quarters, rounded to two digits of the middle half's width so that they can be read. sorted: increasing, not empty. */
function quarters(sorted: Float64Array): readonly number[] {
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!;
  const width = at(0.75) - at(0.25);
  if (width === 0) return [at(0.5)];
  const digits = 1 - Math.floor(Math.log10(width));
  return [0.25, 0.5, 0.75].map((share) => Number(digits >= 0 ? at(share).toFixed(Math.min(12, digits)) : Math.round(at(share) * 10 ** digits) / 10 ** digits));
}

/** How many values lie in [from, to). */
function rowsIn(sorted: Float64Array, from: number, to: number): number {
  return sorted.reduce((sum, value) => sum + Number(value >= from && value < to), 0);
}
