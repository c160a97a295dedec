import { midRanks } from './ranks.ts';

/**
 * Pearson's correlation of two equally long lists, −1 to 1; null when one is constant or there are fewer than two values.
 * @throws RangeError when the lengths differ.
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  if (x.length !== y.length) throw new RangeError(`two lists of equal length are needed, not ${x.length} and ${y.length} values`);
  const n = x.length;
  if (n < 2) return null;
  let meanX = 0, meanY = 0;
  for (let i = 0; i < n; i++) {
    meanX += x[i]! / n;
    meanY += y[i]! / n;
  }
  let sumXX = 0, sumYY = 0, sumXY = 0;
  for (let i = 0; i < n; i++) {
    const dx = x[i]! - meanX, dy = y[i]! - meanY;
    sumXX += dx * dx;
    sumYY += dy * dy;
    sumXY += dx * dy;
  }
  const scale = Math.sqrt(sumXX) * Math.sqrt(sumYY);
  // A constant list leaves only the rounding of its mean, far below one part in 10^12 of its size.
  const flat = (sum: number, mean: number): boolean => sum <= n * (1e-12 * Math.abs(mean)) ** 2;
  if (!(scale > 0) || flat(sumXX, meanX) || flat(sumYY, meanY)) return null;
  return Math.max(-1, Math.min(1, sumXY / scale));
}

/**
 * Spearman's rank correlation with mid-ranks for ties, −1 to 1; null when one list is constant or there are fewer than two values.
 * @throws RangeError when the lengths differ or a value is NaN.
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  return pearson(midRanks(x), midRanks(y));
}
