/** What a confidence sequence needs to go on. */
export interface SequenceState {
  /** I_t = Σ 1/se_s² */
  readonly information: number;
  /** Σ d̂_s/se_s² */
  readonly weighted: number;
}

export const NEW_SEQUENCE: SequenceState = { information: 0, weighted: 0 };

export function extendSequence({ information, weighted }: SequenceState, estimate: { readonly value: number; readonly se: number }): SequenceState {
  const precision = 1 / estimate.se ** 2;
  return { information: information + precision, weighted: weighted + estimate.value * precision };
}

/**
 * d̄_t ± √((I_t + ρ)/I_t² · ln((I_t + ρ)/(ρα²))): holds the gap, while it does not change, on all nights at once with probability 1 − α
 * (normal mixture; Robbins 1970, Howard, Ramdas, McAuliffe and Sekhon 2021, eq. 14).
 * @param rho in the unit of I: the bound is tightest at an information of about ρ·(2 ln(1/α) + ln(1 + 2 ln(1/α)))
 * @returns null before the first night
 */
export function confidenceSequence({ information, weighted }: SequenceState, alpha: number, rho: number): { readonly value: number; readonly interval: readonly [number, number] } | null {
  if (!(information > 0)) return null;
  const value = weighted / information;
  const half = Math.sqrt(((information + rho) / information ** 2) * Math.log((information + rho) / (rho * alpha ** 2)));
  return { value, interval: [value - half, value + half] };
}

/** The ρ that makes the sequence tightest at the given information. */
export function rhoFor(information: number, alpha: number): number {
  const spent = -2 * Math.log(alpha);
  return information / (spent + Math.log(1 + spent));
}
