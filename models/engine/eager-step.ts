import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { adamState, adamUpdate, globalNorm } from './adam.ts';
import type { AdamState } from './adam.ts';
import { gatherRows } from './batches.ts';
import { batchShapes, labelColumns, lossAndGradient, lossAndPosterior, tensorBatch } from './loss-and-gradient.ts';
import type { Network, Tensors } from './network.ts';
import { parameterCount, parameterViews } from './parameters.ts';
import type { OptimiserOptions, Score, ScoredBatch, StepBatch, StepData, StepResult, StepState, TrainingStep } from './training-step.ts';

/** The parameters of a network as tensors by name; the caller's tidy disposes of them. */
export function parameterTensors(network: Network, flat: Float32Array): Tensors {
  const views = parameterViews(network.parameters, flat);
  return Object.fromEntries(network.parameters.map((spec, i) => [spec.name, tf.tensor(views[i]!, [...spec.shape])]));
}

export interface EagerOptions extends OptimiserOptions { readonly data: StepData }

const scalar = (tensor: Tensor): number => tensor.dataSync()[0]!;

/** A training step that runs kernel by kernel; parameters and moments lie in plain arrays and Adam runs on them. */
export class EagerStep implements TrainingStep {
  readonly stepsPerCall = 1;
  readonly #network: Network;
  readonly #options: EagerOptions;
  readonly #parameters: Float32Array;
  readonly #gradient: Float32Array;
  readonly #adam: AdamState;

  constructor(network: Network, parameters: Float32Array, options: EagerOptions) {
    this.#network = network;
    this.#options = options;
    this.#parameters = parameters.slice();
    this.#gradient = new Float32Array(parameterCount(network.parameters));
    this.#adam = adamState(parameters.length);
  }

  run(batches: readonly StepBatch[]): StepResult[] {
    return batches.map((batch) => this.#step(batch));
  }

  #step(batch: StepBatch): StepResult {
    const views = parameterViews(this.#network.parameters, this.#parameters), updates: Float32Array[] = [];
    let parts: Omit<StepResult, 'gradientNorm'> | null = null;
    tf.tidy(() => { parts = this.#lossAndGradient(batch, updates); });
    const gradientNorm = globalNorm(this.#gradient), { clip } = this.#options, { loss } = parts! as StepResult;
    const scale = gradientNorm > clip ? clip / gradientNorm : 1;
    if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) {
      this.#decayWeights(batch.rate);
      adamUpdate(this.#parameters, this.#gradient, this.#adam, batch.rate, scale);
      this.#network.parameters.forEach((spec, i) => { if (spec.trained === false) views[i]!.set(updates.shift()!); });
    }
    return { ...parts! as StepResult, gradientNorm };
  }

  #decayWeights(rate: number): void {
    const { weightDecay = 0 } = this.#options, views = parameterViews(this.#network.parameters, this.#parameters), kept = Math.fround(1 - rate * weightDecay);
    if (weightDecay === 0) return;
    this.#network.parameters.forEach(({ shape, trained }, index) => {
      if (shape.length >= 2 && trained !== false) for (let i = 0, view = views[index]!; i < view.length; i++) view[i]! *= kept;
    });
  }

  /** Rows of the data and everything else that a loss takes, as tensors. */
  #tensors({ rows, noise, klWeight, x: gathered }: ScoredBatch): ReturnType<typeof tensorBatch> {
    const network = this.#network, { x, labels } = this.#options.data, width = labelColumns(network, this.#options.data);
    const labelRows = width === 0 ? [] : [gatherRows(labels!, width, rows)];
    const values = [gathered ?? gatherRows(x, network.width, rows), noise, Float32Array.of(klWeight), ...labelRows, ...parameterViews(network.parameters, this.#parameters)];
    return tensorBatch(network, batchShapes(network, rows.length, width).map((shape, i) => tf.tensor(values[i]!, shape)));
  }

  #lossAndGradient(batch: StepBatch, updates: Float32Array[]): Omit<StepResult, 'gradientNorm'> {
    const network = this.#network, tensors = this.#tensors(batch);
    const { loss, reconstruction, kl, gradients, updates: changed } = lossAndGradient(network, tensors.parameters, tensors.batch);
    const result = { loss: scalar(loss), reconstruction: scalar(reconstruction), kl: scalar(kl) };
    let next = 0;
    parameterViews(network.parameters, this.#gradient).forEach((view, i) => {
      if (network.parameters[i]!.trained !== false) view.set(gradients[next++]!.dataSync());
    });
    for (const value of changed) updates.push(Float32Array.from(value.dataSync()));
    for (const kept of [reconstruction, kl, ...changed]) kept.dispose();
    return result;
  }

  score(batch: ScoredBatch): Score {
    let result: Score | null = null;
    tf.tidy(() => {
      const tensors = this.#tensors(batch);
      const { loss, reconstruction, kl, posterior } = lossAndPosterior(this.#network, tensors.parameters, tensors.batch);
      result = {
        loss: scalar(loss), reconstruction: scalar(reconstruction), kl: scalar(kl),
        mu: posterior.mu.dataSync() as Float32Array, logVar: (posterior.logVar?.dataSync() ?? null) as Float32Array | null,
      };
    });
    return result!;
  }

  parameters(): Float32Array { return this.#parameters.slice(); }

  state(): StepState {
    return { parameters: this.#parameters.slice(), first: this.#adam.first.slice(), second: this.#adam.second.slice(), count: this.#adam.count };
  }

  load(state: StepState): void {
    this.#parameters.set(state.parameters);
    this.#adam.first.set(state.first);
    this.#adam.second.set(state.second);
    this.#adam.count = state.count;
  }

  loadParameters(parameters: Float32Array): void { this.#parameters.set(parameters); }

  dispose(): void {}
}
