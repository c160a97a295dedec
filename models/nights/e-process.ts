import { logAdd } from './log-add.ts';
import { nightPrior, priorLeft } from './night-prior.ts';

/**
 * Bets on the size of a change, in standard errors of one night's estimate: from one that a single night hardly shows to one that it
 * shows at a glance. None is larger, since beyond three standard errors the normal approximation of a rate is not to be built on.
 */
export const LAMBDAS: readonly number[] = [0.5, 1, 2, 3];

/** Evidence that a quantity lies above its θ0, night after night; plain numbers, so that it can be kept as JSON. */
export interface EProcess {
  /** Steps taken: the nights that brought rows. */
  readonly steps: number;
  /** By λ: ln S_t,λ with S_t,λ = Σ_{j≤t} γ_j ∏_{s=j..t} exp(λ z_s − λ²/2); null is ln 0, before the first step. */
  readonly logSums: readonly (number | null)[];
}

export const NEW_PROCESS: EProcess = { steps: 0, logSums: LAMBDAS.map(() => null) };

/**
 * One step, in time that does not grow with the steps before: S_t,λ = (S_{t−1},λ + γ_t)·exp(λ z_t − λ²/2).
 * @param z (d̂ − θ0)/se of rows that entered no step before; while d ≤ θ0 it has, given the past, a mean of at most 0 and tails no
 *   heavier than a standard normal variable's
 * @throws RangeError when z is no finite number: such a night is no step
 */
export function stepProcess({ steps, logSums }: EProcess, z: number): EProcess {
  if (!Number.isFinite(z)) throw new RangeError(`a step of an e-process needs a finite z, not ${z}`);
  const logPrior = Math.log(nightPrior(steps + 1));
  return { steps: steps + 1, logSums: LAMBDAS.map((lambda, k) => logAdd(logSums[k] ?? -Infinity, logPrior) + lambda * z - (lambda * lambda) / 2) };
}

/**
 * ln E_t with E_t = Σ_{j≤t} γ_j · mean_λ ∏_{s=j..t} exp(λ z_s − λ²/2) + Σ_{j>t} γ_j. While d ≤ θ0, E_t is a nonnegative
 * supermartingale that starts at 1, so that P(E_t ≥ 1/α for any t) ≤ α (Ville 1939; mixtures over the time of change: Shin, Ramdas and
 * Rinaldo 2024, "E-detectors").
 */
export function logEvidence({ steps, logSums }: EProcess): number {
  const sum = logSums.reduce<number>((total, value) => logAdd(total, value ?? -Infinity), -Infinity);
  return logAdd(sum - Math.log(LAMBDAS.length), Math.log(priorLeft(steps)));
}
