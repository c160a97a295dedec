import { type Mixture, responsibilities } from '../latent/mixture.ts';
import { type StoredPoints, takePoints, withAllDigits } from '../latent/points.ts';
import { capFlagged } from './cap-flagged.ts';
import { largestTau, tauRows } from './largest-tau.ts';
import type { RuleInput, RuleWeights } from './rule.ts';
import { normalisedWeights } from './weights.ts';

const BLOCK_ROWS = 65_536;

/**
 * w_i = Σ_k r_ik π_k^(−τ): every row is lifted by how rare its mixture component is, not by how far out it lies in it, with the
 * largest τ ≤ 1 whose effective sample size is at least essFloor · n. At τ = 1 all components weigh the same.
 * @throws RangeError without a mixture
 */
export function componentWeights({ z, mixture, essFloor, flagged }: RuleInput): RuleWeights {
  if (mixture === null) throw new RangeError('component weights need a mixture');
  const rows = tauRows(z.rows), some = rows === null ? withAllDigits(z) : takePoints(z, rows), someFlagged = rows === null ? flagged : Uint8Array.from(rows, (row) => flagged[row]!);
  const shares = responsibilities(mixture, some);
  const tau = largestTau((value) => normalisedWeights(capFlagged(logLifts(mixture, shares, value), someFlagged).logWeights), essFloor);
  const { logWeights, lowered } = capFlagged(rows === null ? logLifts(mixture, shares, tau) : liftsOfAll(mixture, z, tau), flagged);
  return { weights: normalisedWeights(logWeights), tau, lowered };
}

/** ln Σ_k r_k π_k^(−τ) of each row. shares: [rows, components] */
function logLifts({ weights }: Mixture, shares: Float64Array, tau: number): Float64Array {
  const components = weights.length, lifts = weights.map((weight) => weight ** -tau), logWeights = new Float64Array(shares.length / components);
  for (let row = 0; row < logWeights.length; row++) {
    let sum = 0;
    for (let k = 0; k < components; k++) sum += shares[row * components + k]! * lifts[k]!;
    logWeights[row] = Math.log(sum);
  }
  return logWeights;
}

/** The same of all rows, a block at a time, so that no shares of all rows are held. */
function liftsOfAll(mixture: Mixture, z: StoredPoints, tau: number): Float64Array {
  const logWeights = new Float64Array(z.rows);
  for (let start = 0; start < z.rows; start += BLOCK_ROWS) {
    const block = withAllDigits(z, start, Math.min(z.rows, start + BLOCK_ROWS));
    logWeights.set(logLifts(mixture, responsibilities(mixture, block), tau), start);
  }
  return logWeights;
}
