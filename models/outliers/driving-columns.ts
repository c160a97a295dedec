import { type ReasonInput, explainRows } from './reasons.ts';

const TOP_SHARE = 0.01;
const MOST_ROWS = 1000;
const MOST_NAMED = 6;

/** Which columns make the strangest 1 % of rows (at most 1,000) strange, by their shares of the reasons' weight. order: rows, strangest first. */
export function drivingNote(input: ReasonInput, order: Uint32Array): string[] {
  const rows = [...order.subarray(0, Math.min(MOST_ROWS, Math.max(1, Math.ceil(TOP_SHARE * order.length))))], weights = new Map<string, number>();
  for (const { column, contribution } of explainRows(input, rows).flat()) {
    // Columns that tell each other are named strongest first, which differs by row.
    const key = column.split(' + ').sort().join(' + ');
    weights.set(key, (weights.get(key) ?? 0) + contribution);
  }
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) return [];
  const named = [...weights].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, MOST_NAMED);
  return [`What drives the strangest ${rows.length} rows, by share of their reasons' weight: ${named.map(([column, weight]) => `${column} ${Math.round(100 * weight / total)} %`).join(', ')}.`];
}
