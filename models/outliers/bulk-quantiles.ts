import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { BulkQuantiles } from './null-families.ts';

/** Most outliers lie above the bulk's upper end, and the lower tail of scores is often cut off: neither is fitted. */
const LOWEST = 0.05;
const HIGHEST = 0.85;
const QUANTILES = 33;
/** Fewer rows leave the quantiles too rough to say anything of a tail. */
export const FEWEST_ROWS = 50;

/** Quantiles .05 to .85 of scores; null when there are too few rows or most of the bulk is one value. */
export function bulkQuantiles(scores: Float64Array): BulkQuantiles | null {
  const n = scores.length;
  if (n < FEWEST_ROWS) return null;
  const sorted = Float64Array.from(scores).sort();
  const probabilities = Float64Array.from({ length: QUANTILES }, (_, i) => LOWEST + (HIGHEST - LOWEST) * i / (QUANTILES - 1));
  const at = probabilities.map((p) => sorted[Math.floor(p * (n - 1))]!);
  if (new Set(at).size < QUANTILES / 3) return null;
  return { scores: at, deviates: probabilities.map((p) => normalQuantile(p, 0, 1)) };
}
