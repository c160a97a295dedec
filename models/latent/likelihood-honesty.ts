import { pearson } from '../stats/spearman.ts';

export const COMPLEXITY_LIMIT = 0.5;

export interface LikelihoodHonesty {
  /** Pearson's correlation of log density with complexity, −1 to 1; null when undefined. */
  readonly correlation: number | null;
  readonly note: string | null;
}

/**
 * Whether a low latent density means "rare" or merely "complex" (Nalisnick et al. 2019; Serrà et al. 2020): its correlation with the
 * row's reconstruction cost in nats. Rows where either is not finite are left out.
 */
export function likelihoodHonesty(logDensity: Float64Array, complexity: ArrayLike<number>): LikelihoodHonesty {
  const finite = Array.from(logDensity, (_, row) => row).filter((row) => Number.isFinite(logDensity[row]) && Number.isFinite(complexity[row]));
  const correlation = pearson(Float64Array.from(finite, (row) => logDensity[row]!), Float64Array.from(finite, (row) => complexity[row]!));
  if (correlation === null) return { correlation, note: 'The correlation of log density with reconstruction cost is undefined: one of them does not vary.' };
  if (Math.abs(correlation) <= COMPLEXITY_LIMIT) return { correlation, note: null };
  return { correlation, note: `Log density and reconstruction cost correlate at ${correlation.toFixed(2)}: likelihood ranks complexity here, so a thin region may only be one that is hard to describe.` };
}
