import { stepNoise } from '../../models/engine/batches.ts';
import type { Network } from '../../models/engine/network.ts';
import { randomStream } from '../../models/engine/random.ts';
import { convDbVae } from '../../models/networks/conv-presets.ts';
import { mlpVae } from './train-mlp.ts';
import type { MlpSizes } from './train-mlp.ts';

export interface TrainCase {
  readonly name: string;
  readonly batch: number;
  readonly network: () => Network;
  /** What another framework builds the same network from. */
  readonly shape: ({ readonly kind: 'mlp' } & MlpSizes) | { readonly kind: 'conv'; readonly units: number };
}

function mlp(width: number, hidden: number, units: number, batch: number): TrainCase {
  const sizes = { width, hidden, units };
  return { name: `mlp-${width}-${hidden}-${units}`, batch, network: () => mlpVae(sizes), shape: { kind: 'mlp', ...sizes } };
}

/** Training steps that are measured. */
export const TRAIN_CASES: readonly TrainCase[] = [
  mlp(108, 128, 8, 256), mlp(784, 512, 32, 256), mlp(784, 1024, 64, 1024),
  { name: 'conv-64-dbvae', batch: 32, network: () => convDbVae(), shape: { kind: 'conv', units: 100 } },
];

/** The first network's encoder alone, in batches as inference has them. */
export const ENCODE_CASE: TrainCase = { ...mlp(108, 128, 8, 4096), name: 'encode-108' };
/** A whole training of the Adult sample's VAE. */
export const ADULT_CASE = 'adult-20';

/** Batches whose rows differ; steps go through them in turn. */
export const BATCHES = 8;
export const RATE = 1e-3;
const FACTORS = 6;
/** Coprime to every number of rows: rows of a batch lie far apart. */
const STRIDE = 5;

export interface TrainRows { readonly x: Float32Array; readonly labels: Float32Array | null }

/** Rows between 0 and 1 that hang on a few hidden factors, with a label of the first. */
export function trainRows({ batch, network }: TrainCase): TrainRows {
  const { width, labelWidth } = network(), rows = BATCHES * batch, random = randomStream(1, 'bench rows');
  const loadings = Float32Array.from({ length: FACTORS * width }, () => random.normal()), factors = new Float32Array(FACTORS);
  const x = new Float32Array(rows * width), labels = labelWidth === undefined ? null : new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let f = 0; f < FACTORS; f++) factors[f] = random.normal();
    if (labels !== null) labels[row] = factors[0]! > 0 ? 1 : 0;
    for (let j = 0; j < width; j++) {
      let sum = 0;
      for (let f = 0; f < FACTORS; f++) sum += factors[f]! * loadings[f * width + j]!;
      x[row * width + j] = 1 / (1 + Math.exp(-sum));
    }
  }
  return { x, labels };
}

/** Positions of the rows of a step. */
export function stepRows(step: number, batch: number): Uint32Array {
  const rows = BATCHES * batch, first = (step % BATCHES) * batch;
  return Uint32Array.from({ length: batch }, (_, i) => ((first + i) * STRIDE) % rows);
}

/** Standard normal numbers of a step. */
export function benchNoise(step: number, length: number): Float32Array {
  return stepNoise(length, 1, 'bench noise', 0, step);
}
