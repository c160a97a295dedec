/*
 * Σ|μ_b| is the largest of Σ s_b μ_b over all signs s. So its change is at least that of Σ s_b μ_b with the true signs before, and at most
 * that with the true signs after: intersection–union, as in `largestChange`.
 */

/** The sign of each value where it is told from 0, and 0 where it may be either. screen: z below which it is not told */
export function toldSigns(values: Float64Array, errors: Float64Array, screen: number): Int8Array {
  return Int8Array.from(values, (value, b) => (Math.abs(value) > screen * errors[b]! ? Math.sign(value) : 0));
}

/** The least and the largest Σ s_b d_b over all signs that may be. */
export function signedSums(changes: Float64Array, signs: Int8Array): readonly [number, number] {
  let told = 0, open = 0;
  for (const [b, change] of changes.entries()) if (signs[b] === 0) open += Math.abs(change); else told += signs[b]! * change;
  return [told - open, told + open];
}

/** The largest variance of Σ s_b e_b over all signs that may be, bounded by Σ|cov| over the pairs whose signs are open. covariance: [n, n] */
export function signedVariance(covariance: Float64Array, signs: Int8Array): number {
  let sum = 0;
  for (let b = 0, n = signs.length; b < n; b++) {
    for (let c = 0; c < n; c++) {
      const each = covariance[b * n + c]!;
      sum += b === c ? each : signs[b] === 0 || signs[c] === 0 ? Math.abs(each) : signs[b]! * signs[c]! * each;
    }
  }
  return Math.max(0, sum);
}
