import { randomStream } from './random.ts';

export type Initialisation =
  /** Uniform on ±√(6 / (fan-in + fan-out)) (Glorot and Bengio, AISTATS 2010); for matrices [in, out]. */
  | { readonly kind: 'glorot' }
  /** Normal with variance 2 / fan-in (He et al., ICCV 2015), before a ReLU; the fan-in is that of a matrix [in, out] unless it is given. */
  | { readonly kind: 'he'; readonly fanIn?: number }
  | { readonly kind: 'constant'; readonly value: number };

export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initialisation;
  /** False for what the network's `updates` set and no gradient moves: running statistics. */
  readonly trained?: false;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

export function parameterCount(specs: readonly ParameterSpec[]): number {
  return specs.reduce((total, spec) => total + sizeOf(spec.shape), 0);
}

/** The part of a flat vector that belongs to each parameter, without copying. */
export function parameterViews(specs: readonly ParameterSpec[], flat: Float32Array): Float32Array[] {
  let offset = 0;
  return specs.map((spec) => flat.subarray(offset, offset += sizeOf(spec.shape)));
}

function fill(view: Float32Array, spec: ParameterSpec, seed: number, index: number): void {
  const { initial, shape } = spec, fanIn = (initial.kind === 'he' ? initial.fanIn : undefined) ?? shape[0] ?? 1, fanOut = shape[1] ?? 1;
  if (initial.kind === 'constant') {
    view.fill(initial.value);
    return;
  }
  const random = randomStream(seed, 'parameters', index);
  const limit = Math.sqrt(6 / (fanIn + fanOut)), deviation = Math.sqrt(2 / fanIn);
  for (let i = 0; i < view.length; i++) {
    view[i] = initial.kind === 'glorot' ? limit * (2 * random.uniform() - 1) : deviation * random.normal();
  }
}

/** All parameters of a network in one flat vector, in the order of their specifications; a stream of its own for each. */
export function initialParameters(specs: readonly ParameterSpec[], seed: number): Float32Array {
  const flat = new Float32Array(parameterCount(specs));
  parameterViews(specs, flat).forEach((view, index) => fill(view, specs[index]!, seed, index));
  return flat;
}
