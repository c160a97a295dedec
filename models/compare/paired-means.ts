import type { RowMatch } from './match-rows.ts';
import type { RateChange } from './paired-rates.ts';

/**
 * Change of a mean between two audits, with the covariance of rows that count in both. values: [n] NaN for rows that do not count.
 * Null when fewer than two rows count in one of them.
 */
export function meanChange(first: Float64Array, second: Float64Array, match: RowMatch): RateChange | null {
  const a = moments(first), b = moments(second);
  if (a.n < 2 || b.n < 2) return null;
  let both = 0, product = 0;
  for (let k = 0; k < match.first.length; k++) {
    const x = first[match.first[k]!]!, y = second[match.second[k]!]!;
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    both++;
    product += (x - a.mean) * (y - b.mean);
  }
  const varianceBefore = a.variance / a.n, varianceAfter = b.variance / b.n, most = Math.sqrt(varianceBefore * varianceAfter);
  const covariance = both < 2 ? 0 : Math.max(-most, Math.min(most, (product / (both - 1)) * (both / (a.n * b.n))));
  return { before: a.mean, after: b.mean, value: b.mean - a.mean, varianceBefore, varianceAfter, covariance, variance: Math.max(0, varianceBefore + varianceAfter - 2 * covariance), least: Math.min(a.n, b.n) };
}

function moments(values: Float64Array): { readonly n: number; readonly mean: number; readonly variance: number } {
  let n = 0, sum = 0, squares = 0;
  for (const value of values) if (!Number.isNaN(value)) { n++; sum += value; }
  const mean = sum / n;
  for (const value of values) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  return { n, mean, variance: squares / Math.max(1, n - 1) };
}
