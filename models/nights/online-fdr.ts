/** What an online procedure remembers; plain numbers, so that it can be kept as JSON. */
export interface OnlineState {
  /** Hypotheses tested so far. */
  readonly tests: number;
  /** Positions, from 1, of those rejected. */
  readonly rejected: readonly number[];
  /** SAFFRON: candidates (p ≤ λ) among all tests, and among those after each rejection. */
  readonly candidates: number;
  readonly candidatesSince: readonly number[];
}

export const NEW_ONLINE: OnlineState = { tests: 0, rejected: [], candidates: 0, candidatesSince: [] };

export interface OnlineStep {
  readonly state: OnlineState;
  /** The level this hypothesis was tested at. */
  readonly level: number;
  readonly rejected: boolean;
}

/** Javanmard and Montanari (2018), eq. 31; sums to 1 over j ≥ 1. */
const lordGamma = (j: number): number => (0.07720838 * Math.log(Math.max(j, 2))) / (j * Math.exp(Math.sqrt(Math.log(j))));
/** j^−1.6 over ζ(1.6). */
const saffronGamma = (j: number): number => 0.4374901658 / j ** 1.6;

/** W0 = α/2; what the first rejection pays back is α − W0, any other α. */
function paidBack(alpha: number, gamma: (j: number) => number, sinceStart: number, sinceRejections: readonly number[]): number {
  return sinceRejections.reduce((sum, since, k) => sum + (k === 0 ? alpha / 2 : alpha) * gamma(since), (alpha / 2) * gamma(sinceStart));
}

/**
 * LORD++ (Ramdas, Yang, Wainwright and Jordan 2017): false discovery rate at most α over an endless stream of hypotheses whose p-values are
 * independent. For hypotheses that are new, such as tonight's new slices; on the same rows tested again its false alarms cluster.
 */
export function stepLord(state: OnlineState, p: number, alpha: number): OnlineStep {
  const t = state.tests + 1;
  const level = paidBack(alpha, lordGamma, t, state.rejected.map((tau) => t - tau));
  const rejected = p <= level;
  return { level, rejected, state: { ...state, tests: t, rejected: rejected ? [...state.rejected, t] : state.rejected } };
}

const CANDIDATE = 0.5;

/**
 * SAFFRON (Ramdas, Zrnic, Wainwright and Jordan 2018) with λ = ½: as LORD++, but wealth is spent only on hypotheses that are no candidates
 * (p > λ), so that it finds more where many are true.
 */
export function stepSaffron(state: OnlineState, p: number, alpha: number): OnlineStep {
  const t = state.tests + 1, { rejected: before, candidates, candidatesSince } = state;
  const since = before.map((tau, k) => t - tau - candidatesSince[k]!);
  const level = Math.min(CANDIDATE, (1 - CANDIDATE) * paidBack(alpha, saffronGamma, t - candidates, since));
  const rejected = p <= level, candidate = p <= CANDIDATE ? 1 : 0;
  const counted = candidatesSince.map((number) => number + candidate);
  return { level, rejected, state: { tests: t, candidates: candidates + candidate, rejected: rejected ? [...before, t] : before, candidatesSince: rejected ? [...counted, 0] : counted } };
}
