import normalLogCdf from '@stdlib/stats-base-dists-normal-logcdf';
import { bulkQuantiles } from './bulk-quantiles.ts';
import { boxCoxNormal } from './null-families.ts';

/** Beyond this deviate a detector's say grows with the logarithm only, so that no single one drowns the others. */
const DAMPED = 8;

/** Number of values in an ascending list that are below x, and at most x. */
function positions(sorted: Float64Array, x: number): { below: number; upTo: number } {
  const search = (keepsRight: (value: number) => boolean): number => {
    let low = 0, high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (keepsRight(sorted[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return { below: search((value) => value < x), upTo: search((value) => value <= x) };
}

/** −ln(1 − mid-rank/(n + 1)) among the fitted scores. */
function rankSurprise(fitted: Float64Array): (score: number) => number {
  const sorted = Float64Array.from(fitted).sort(), n = sorted.length;
  return (score) => {
    const { below, upTo } = positions(sorted, score);
    const rank = upTo > below ? (below + 1 + upTo) / 2 : below + 0.5;
    return -Math.log(1 - rank / (n + 1));
  };
}

/**
 * How surprising a detector's score is, in nats: −ln of the share of ordinary rows that score higher. It is close to −ln(1 − rank) within the
 * bulk of the fitted scores and goes on where ranks end, by a Box–Cox normal fitted to the bulk, so that new rows do not pile up on the last
 * rank and the distance of the outliers is kept. Scores whose bulk is one value, or of fewer than 50 rows, fall back to their ranks.
 */
export function fitSurprise(fitted: Float64Array): (score: number) => number {
  const bulk = bulkQuantiles(fitted);
  if (bulk === null) return rankSurprise(fitted);
  const { deviate } = boxCoxNormal(bulk);
  return (score) => {
    const z = deviate(score);
    if (z === -Infinity) return 0;
    return -normalLogCdf(-Math.min(z, DAMPED), 0, 1) + (z > DAMPED ? Math.log1p(z - DAMPED) : 0);
  };
}
