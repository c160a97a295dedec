import { logEvidence, NEW_PROCESS, stepProcess, type EProcess } from './e-process.ts';
import { logAdd } from './log-add.ts';

/** Which way a gap can grow: with a sign that the baseline settled, or either way. */
export type GrowthSide = 'above' | 'below' | 'both';

/** Evidence that the size |d| of a signed gap lies above θ0: one process for each way in which it can. */
export interface GapProcess {
  readonly side: GrowthSide;
  /** The size that is still harmless: the baseline's bound plus the tolerance. */
  readonly theta0: number;
  readonly above: EProcess | null;
  readonly below: EProcess | null;
}

/**
 * @param baseline the gap over the baseline's nights, signed, with its standard error
 * @param critical z of the baseline's bound: its error must not pass for a change
 * @param tolerance growth beyond the bound that nobody is to be woken for
 */
export function newGapProcess(baseline: { readonly value: number; readonly se: number }, critical: number, tolerance: number): GapProcess {
  const { value, se } = baseline, reach = critical * se;
  const side: GrowthSide = Math.abs(value) <= reach ? 'both' : value > 0 ? 'above' : 'below';
  return { side, theta0: Math.abs(value) + reach + tolerance, above: side === 'below' ? null : NEW_PROCESS, below: side === 'above' ? null : NEW_PROCESS };
}

/** One step by the gap of rows that entered none before. estimate.se > 0. */
export function stepGap(process: GapProcess, estimate: { readonly value: number; readonly se: number }): GapProcess {
  const { theta0, above, below } = process, { value, se } = estimate;
  return { ...process, above: above === null ? null : stepProcess(above, (value - theta0) / se), below: below === null ? null : stepProcess(below, (-value - theta0) / se) };
}

/** ln E; of two ways the mean of both, which is an e-process while |d| ≤ θ0. */
export function logGapEvidence({ above, below }: GapProcess): number {
  if (above === null || below === null) return logEvidence((above ?? below)!);
  return logAdd(logEvidence(above), logEvidence(below)) - Math.LN2;
}
