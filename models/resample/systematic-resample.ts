import type { RandomStream } from '../engine/random.ts';

/**
 * Rows drawn by their weights, [draws] ascending: systematic sampling with one random start (Madow and Madow 1944), so that a row is
 * drawn ⌊w⌋ or ⌈w⌉ times when weights sum to `draws`; that is the least variance a set of whole rows can have.
 * @throws RangeError when no weight is positive
 */
export function systematicResample(weights: Float64Array, draws: number, random: RandomStream): Uint32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) throw new RangeError('at least one weight must be positive');
  const start = random.uniform(), drawn = new Uint32Array(draws);
  let row = 0, passed = weights[0]!;
  for (let k = 0; k < draws; k++) {
    const position = ((start + k) / draws) * total;
    while (passed <= position && row < weights.length - 1) passed += weights[++row]!;
    drawn[k] = row;
  }
  return drawn;
}
