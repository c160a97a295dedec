import { capFlagged } from './cap-flagged.ts';
import { paperDensity } from './product-weights.ts';
import type { RuleInput, RuleWeights } from './rule.ts';
import { normalisedWeights } from './weights.ts';

/**
 * w ∝ max_j p_j with p_j ∝ 1/(Q̂_j(z_j) + α) scaled to sum 1 over rows: the rule of a widely used teaching implementation of the
 * debiasing VAE (MIT Introduction to Deep Learning, laboratory 2), where a row counts by its rarest dimension alone.
 */
export function maxWeights({ z, alpha, flagged }: RuleInput): RuleWeights {
  const { values, dimensions: d } = z, density = paperDensity(z), inverse = (row: number, j: number): number => 1 / (density(j, values[row * d + j]!) + alpha);
  const totals = new Float64Array(d), logWeights = new Float64Array(z.rows);
  for (let row = 0; row < z.rows; row++) for (let j = 0; j < d; j++) totals[j]! += inverse(row, j);
  for (let row = 0; row < z.rows; row++) {
    let largest = 0;
    for (let j = 0; j < d; j++) largest = Math.max(largest, inverse(row, j) / totals[j]!);
    logWeights[row] = Math.log(largest);
  }
  const capped = capFlagged(logWeights, flagged);
  return { weights: normalisedWeights(capped.logWeights), tau: null, lowered: capped.lowered };
}
