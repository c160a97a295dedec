import { capFlagged } from './cap-flagged.ts';
import { largestTau, tauRows } from './largest-tau.ts';
import type { RuleInput, RuleWeights } from './rule.ts';
import { median, normalisedWeights } from './weights.ts';

/** ln(e^a + α) without overflow. */
function logPlus(a: number, alpha: number): number {
  if (!(alpha > 0)) return a;
  const b = Math.log(alpha), larger = Math.max(a, b);
  return larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}

/**
 * w ∝ (1/(q̂(z)/median q̂ + α))^τ on the joint density, with the largest τ ≤ 1 whose effective sample size is at least
 * essFloor · n. Dividing by the median makes α a share of a typical row's density: in density units it would mean something else
 * in every dimension.
 */
export function jointWeights({ logDensity, alpha, essFloor, flagged }: RuleInput): RuleWeights {
  const middle = median(logDensity);
  const { logWeights, lowered } = capFlagged(logDensity.map((value) => -logPlus(value - middle, alpha)), flagged);
  const rows = tauRows(logWeights.length), some = rows === null ? logWeights : Float64Array.from(rows, (row) => logWeights[row]!);
  const weightsAt = (tau: number, of: Float64Array): Float64Array => normalisedWeights(of.map((value) => tau * value));
  const tau = largestTau((value) => weightsAt(value, some), essFloor);
  return { weights: weightsAt(tau, logWeights), tau, lowered };
}
