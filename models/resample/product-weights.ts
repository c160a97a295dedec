import { type HistogramDensity, binOf, fitHistograms } from '../latent/histogram-density.ts';
import type { StoredPoints } from '../latent/points.ts';
import { capFlagged } from './cap-flagged.ts';
import type { RuleInput, RuleWeights } from './rule.ts';
import { normalisedWeights } from './weights.ts';

/** As in the paper's and the teaching implementation's code. */
export const PAPER_BINS = 10;

/** Density of every bin from plain counts, [d, bins + 2]: the paper's histogram has no smoothing but α. */
function binDensities({ counts, rows, width, bins }: HistogramDensity): Float64Array {
  return counts.map((count, at) => count / rows / width[Math.floor(at / (bins + 2))]!);
}

/** Q̂_j(z_j) by histograms of ten equal bins over all rows, as a density: of a value in a dimension. */
export function paperDensity(z: StoredPoints): (dimension: number, value: number) => number {
  const histogram = fitHistograms(z, PAPER_BINS), densities = binDensities(histogram);
  return (dimension, value) => densities[dimension * (PAPER_BINS + 2) + binOf(histogram, dimension, value)]!;
}

/**
 * w ∝ ∏_j 1/(Q̂_j(z_j) + α): the rule of the debiasing VAE (Amini, Soleimany, Schwarting, Bhatia and Rus 2019, equation 5). It takes
 * the dimensions as independent: it is blind to a rare combination of common values, and with many dimensions a few rows hold all
 * the weight.
 */
export function productWeights({ z, alpha, flagged }: RuleInput): RuleWeights {
  const density = paperDensity(z), logWeights = new Float64Array(z.rows), { values, dimensions: d } = z;
  for (let row = 0; row < z.rows; row++) for (let j = 0; j < d; j++) logWeights[row]! -= Math.log(density(j, values[row * d + j]!) + alpha);
  const capped = capFlagged(logWeights, flagged);
  return { weights: normalisedWeights(capped.logWeights), tau: null, lowered: capped.lowered };
}
