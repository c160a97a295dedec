import { ascendingOrder } from '../stats/ranks.ts';

export interface Ranking {
  /** [n] 1 = strangest; of equal scores the lower row comes first. */
  readonly rank: Uint32Array;
  /** [n] rows, strangest first. */
  readonly order: Uint32Array;
}

/** @throws RangeError when a score is NaN. */
export function rankRows(score: Float64Array): Ranking {
  const order = ascendingOrder(score.map((value) => -value)), rank = new Uint32Array(score.length);
  for (const [i, row] of order.entries()) rank[row] = i + 1;
  return { rank, order };
}
