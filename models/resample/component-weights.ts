import { responsibilities } from '../latent/mixture.ts';
import { capFlagged } from './cap-flagged.ts';
import { largestTau } from './largest-tau.ts';
import type { RuleInput, RuleWeights } from './rule.ts';
import { normalisedWeights } from './weights.ts';

/**
 * w_i = Σ_k r_ik π_k^(−τ): every row is lifted by how rare its mixture component is, not by how far out it lies in it, with the
 * largest τ ≤ 1 whose effective sample size is at least essFloor · n. At τ = 1 all components weigh the same.
 * @throws RangeError without a mixture
 */
export function componentWeights({ z, mixture, essFloor, flagged }: RuleInput): RuleWeights {
  if (mixture === null) throw new RangeError('component weights need a mixture');
  const components = mixture.weights.length, shares = responsibilities(mixture, z);
  const cappedAt = (tau: number): { readonly logWeights: Float64Array; readonly lowered: number } => {
    const lifts = mixture.weights.map((weight) => weight ** -tau), logWeights = new Float64Array(z.rows);
    for (let row = 0; row < z.rows; row++) {
      let sum = 0;
      for (let k = 0; k < components; k++) sum += shares[row * components + k]! * lifts[k]!;
      logWeights[row] = Math.log(sum);
    }
    return capFlagged(logWeights, flagged);
  };
  const tau = largestTau((value) => normalisedWeights(cappedAt(value).logWeights), essFloor);
  const { logWeights, lowered } = cappedAt(tau);
  return { weights: normalisedWeights(logWeights), tau, lowered };
}
