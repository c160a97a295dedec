/** Moments of Adam over one flat parameter vector. */
export interface AdamState {
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Updates made so far. */
  count: number;
}

export const BETA_1 = 0.9;
export const BETA_2 = 0.999;
export const EPSILON = 1e-8;

export function adamState(size: number): AdamState {
  return { first: new Float32Array(size), second: new Float32Array(size), count: 0 };
}

/** What one update multiplies its moments with; bias corrections in double precision. */
export interface AdamFactors { readonly stepSize: number; readonly correction: number }

/** @param count of the update, from 1. */
export function adamFactors(rate: number, count: number): AdamFactors {
  return { stepSize: rate / (1 - BETA_1 ** count), correction: 1 / (1 - BETA_2 ** count) };
}

/** Euclidean norm of the whole gradient. */
export function globalNorm(gradient: Float32Array): number {
  let total = 0;
  for (let i = 0; i < gradient.length; i++) total += gradient[i]! * gradient[i]!;
  return Math.sqrt(total);
}

/**
 * One update in place (Kingma and Ba, "Adam", ICLR 2015, algorithm 1). `scale` multiplies the gradient first: min(1, limit / norm)
 * clips by global norm (Pascanu et al., ICML 2013).
 */
export function adamUpdate(parameters: Float32Array, gradient: Float32Array, state: AdamState, rate: number, scale = 1): void {
  state.count++;
  const { first, second } = state;
  const { stepSize, correction } = adamFactors(rate, state.count);
  for (let i = 0; i < parameters.length; i++) {
    const g = gradient[i]! * scale;
    const m = first[i] = Math.fround(BETA_1 * first[i]! + (1 - BETA_1) * g);
    const v = second[i] = Math.fround(BETA_2 * second[i]! + (1 - BETA_2) * g * g);
    parameters[i] = parameters[i]! - stepSize * m / (Math.sqrt(v * correction) + EPSILON);
  }
}
