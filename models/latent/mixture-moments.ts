import type { Mixture } from './mixture.ts';

/** Zeroth, first and second moments by component: what the M-step needs of the rows. second: [K, d(d+1)/2], lower triangles by rows. */
export interface Moments {
  readonly counts: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

export function emptyMoments(components: number, d: number): Moments {
  return { counts: new Float64Array(components), first: new Float64Array(components * d), second: new Float64Array((components * d * (d + 1)) / 2) };
}

/** Adds the row that starts at z[offset] to component k with weight `share`. */
export function addRow({ counts, first, second }: Moments, k: number, share: number, z: Float64Array, offset: number, d: number): void {
  counts[k]! += share;
  let at = (k * d * (d + 1)) / 2;
  for (let i = 0; i < d; i++) {
    const scaled = share * z[offset + i]!;
    first[k * d + i]! += scaled;
    for (let j = 0; j <= i; j++) second[at++]! += scaled * z[offset + j]!;
  }
}

/** The smallest weight a component can have: that of exactly 0 would have a logarithm of −∞. */
const SMALLEST_WEIGHT = 1e-12;

/** M-step: weights, means and covariances with `ridge` [d] on their diagonals. A component left with less than one row becomes round and central. */
export function maximise({ counts, first, second }: Moments, rows: number, d: number, ridge: Float64Array): Mixture {
  const components = counts.length, means = new Float64Array(components * d), covariances = new Float64Array(components * d * d);
  for (let k = 0; k < components; k++) {
    const count = counts[k]!, empty = count < 1;
    for (let i = 0; i < d; i++) means[k * d + i] = empty ? 0 : first[k * d + i]! / count;
    let at = (k * d * (d + 1)) / 2;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++, at++) {
        const unit = i === j ? 1 : 0, moment = empty ? unit : second[at]! / count - means[k * d + i]! * means[k * d + j]!;
        const value = i === j ? Math.max(0, moment) + ridge[i]! : moment;
        covariances[(k * d + i) * d + j] = value;
        covariances[(k * d + j) * d + i] = value;
      }
    }
  }
  return { dimensions: d, weights: counts.map((count) => Math.max(count / rows, SMALLEST_WEIGHT)), means, covariances };
}
