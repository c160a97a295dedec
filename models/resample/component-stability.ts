import type { Mixture } from '../latent/mixture.ts';
import { takePoints } from '../latent/points.ts';
import { pearson } from '../stats/spearman.ts';
import { componentWeights } from './component-weights.ts';
import type { RuleInput } from './rule.ts';

const MOST_ROWS = 20_000;
/** Fewer further fits than this say nothing about stability. */
const FEWEST_FITS = 2;

/**
 * Least correlation (Pearson) of component's weights with those that further fits of the mixture would give, −1 to 1, over at most
 * 20,000 evenly spaced rows; null with fewer than two further fits. Weights that do not vary correlate at 0.
 */
export function componentStability(input: RuleInput, further: readonly Mixture[]): number | null {
  if (input.mixture === null || further.length < FEWEST_FITS) return null;
  const stride = Math.ceil(input.z.rows / MOST_ROWS), rows = Uint32Array.from({ length: Math.ceil(input.z.rows / stride) }, (_, i) => i * stride);
  const sample: RuleInput = { ...input, z: takePoints(input.z, rows), logDensity: Float64Array.from(rows, (row) => input.logDensity[row]!), flagged: Uint8Array.from(rows, (row) => input.flagged[row]!) };
  const { weights } = componentWeights(sample);
  return Math.min(...further.map((mixture) => pearson(weights, componentWeights({ ...sample, mixture }).weights) ?? 0));
}
