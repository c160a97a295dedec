import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { BETA_1, BETA_2, EPSILON, adamFactors } from './adam.ts';
import { gatherRows } from './batches.ts';
import { batchShapes, labelColumns, lossAndGradient, lossAndPosterior, tensorBatch } from './loss-and-gradient.ts';
import { refuseMissingKernels } from './missing-kernels.ts';
import type { Network } from './network.ts';
import { parameterCount, parameterViews, sizeOf } from './parameters.ts';
import type { OptimiserOptions, Score, ScoredBatch, StepBatch, StepData, StepResult, StepState, TrainingStep } from './training-step.ts';

export interface DeviceOptions extends OptimiserOptions { readonly data: StepData }

/** A read makes the host wait until the device has done all that it was given: as often as one wants to report. */
const STEPS_PER_CALL = 8;

type Moment = 'values' | 'first' | 'second';
const MOMENTS: readonly Moment[] = ['values', 'first', 'second'];

/**
 * Training steps on a device that is read asynchronously: trained parameters and Adam's moments are three flat vectors there, the others
 * tensors of their own, and a call of several steps reads its losses once.
 */
export class DeviceStep implements TrainingStep {
  readonly stepsPerCall = STEPS_PER_CALL;
  readonly #network: Network;
  readonly #options: DeviceOptions;
  /** [trained parameters] */
  readonly #vectors: Record<Moment, Tensor1D>;
  /** In the order of the parameters that are not trained. */
  #others: Tensor[] = [];
  #count = 0;

  /** @throws EngineError `backend-unavailable` where the backend lacks a kernel of the network. */
  constructor(network: Network, parameters: Float32Array, options: DeviceOptions) {
    refuseMissingKernels(network);
    this.#network = network;
    this.#options = options;
    const none = (): Tensor1D => tf.tensor1d([]);
    this.#vectors = { values: none(), first: none(), second: none() };
    this.load({ parameters, first: new Float32Array(parameters.length), second: new Float32Array(parameters.length), count: 0 });
  }

  async run(batches: readonly StepBatch[]): Promise<StepResult[]> {
    const steps = batches.map((batch) => this.#step(batch)), all = tf.stack(steps), values = await all.data<'float32'>(), parts = steps[0]!.size;
    tf.dispose([...steps, all]);
    return batches.map((_, k) => {
      const [loss, reconstruction, kl, gradientNorm] = values.subarray(k * parts) as unknown as [number, number, number, number];
      return { loss, reconstruction, kl, gradientNorm };
    });
  }

  /** @returns loss, reconstruction, KL and gradient norm, to be disposed of. */
  #step(batch: StepBatch): Tensor1D {
    return tf.tidy(() => {
      const tensors = this.#tensors(batch), { clip } = this.#options;
      const { loss, reconstruction, kl, gradients, updates } = lossAndGradient(this.#network, tensors.parameters, tensors.batch);
      const gradient = tf.concat1d(gradients.map((each) => tf.reshape(each, [each.size]) as Tensor1D)), norm = tf.sqrt(tf.sum(tf.square(gradient)));
      const scaled = clip === Number.POSITIVE_INFINITY ? gradient : tf.mul(gradient, tf.div(clip, tf.maximum(norm, clip)));
      this.#update(scaled, batch.rate);
      const result = tf.stack([loss, reconstruction, kl, norm]) as Tensor1D;
      tf.dispose([reconstruction, kl, ...this.#others.filter((tensor) => !updates.includes(tensor))]);
      this.#others = [...updates];
      return result;
    });
  }

  /** Adam as in `adamUpdate`. gradient: clipped */
  #update(gradient: Tensor, rate: number): void {
    const { values, first, second } = this.#vectors, { stepSize, correction } = adamFactors(rate, ++this.#count);
    const mean = tf.add(tf.mul(first, BETA_1), tf.mul(gradient, 1 - BETA_1)), square = tf.add(tf.mul(second, BETA_2), tf.mul(tf.square(gradient), 1 - BETA_2));
    const move = tf.div(tf.mul(mean, stepSize), tf.add(tf.sqrt(tf.mul(square, correction)), EPSILON));
    this.#replace('values', tf.sub(this.#decayed(values, rate), move));
    this.#replace('first', mean);
    this.#replace('second', square);
  }

  #decayed(values: Tensor, rate: number): Tensor {
    const { weightDecay = 0 } = this.#options, kept = Math.fround(1 - rate * weightDecay);
    if (weightDecay === 0) return values;
    const factors = this.#trained().map(({ shape }) => new Float32Array(sizeOf(shape)).fill(shape.length >= 2 ? kept : 1));
    return tf.mul(values, tf.concat1d(factors.map((factor) => tf.tensor1d(factor))));
  }

  #replace(which: Moment, tensor: Tensor): void {
    const before = this.#vectors[which];
    this.#vectors[which] = tf.keep(tensor) as Tensor1D;
    before.dispose();
  }

  #trained(): Network['parameters'] {
    return this.#network.parameters.filter(({ trained }) => trained !== false);
  }

  /** Parameters as tensors of their shapes, in order; the caller's tidy disposes of those that are cut out of the vector. */
  #parameterTensors(): Tensor[] {
    const parts = tf.split(this.#vectors.values, this.#trained().map(({ shape }) => sizeOf(shape))), others = [...this.#others];
    return this.#network.parameters.map(({ shape, trained }) => (trained === false ? others.shift()! : tf.reshape(parts.shift()!, [...shape])));
  }

  /** Rows of the data and everything else that a loss takes. */
  #tensors({ rows, noise, klWeight, x: gathered }: ScoredBatch): ReturnType<typeof tensorBatch> {
    const network = this.#network, { x, labels } = this.#options.data, width = labelColumns(network, this.#options.data);
    const values = [gathered ?? gatherRows(x, network.width, rows), noise, Float32Array.of(klWeight), ...(width === 0 ? [] : [gatherRows(labels!, width, rows)])];
    const shapes = batchShapes(network, rows.length, width);
    return tensorBatch(network, [...values.map((each, i) => tf.tensor(each, shapes[i])), ...this.#parameterTensors()]);
  }

  async score(batch: ScoredBatch): Promise<Score> {
    const tensors = tf.tidy(() => {
      const { parameters, batch: inputs } = this.#tensors(batch), { loss, reconstruction, kl, posterior: { mu, logVar } } = lossAndPosterior(this.#network, parameters, inputs);
      return [tf.stack([loss, reconstruction, kl]), mu, ...(logVar === null ? [] : [logVar])];
    });
    const [parts, mu, logVar] = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
    tf.dispose(tensors);
    return { loss: parts![0]!, reconstruction: parts![1]!, kl: parts![2]!, mu: mu!, logVar: logVar ?? null };
  }

  async #flat(which: Moment): Promise<Float32Array> {
    const flat = new Float32Array(parameterCount(this.#network.parameters)), values = await this.#vectors[which].data<'float32'>();
    const others = which === 'values' ? await Promise.all(this.#others.map((tensor) => tensor.data<'float32'>())) : [], specs = this.#network.parameters;
    let next = 0;
    parameterViews(specs, flat).forEach((view, i) => {
      if (specs[i]!.trained !== false) view.set(values.subarray(next, next += view.length));
      else if (which === 'values') view.set(others.shift()!);
    });
    return flat;
  }

  parameters(): Promise<Float32Array> { return this.#flat('values'); }

  async state(): Promise<StepState> {
    const [parameters, first, second] = await Promise.all(MOMENTS.map((which) => this.#flat(which)));
    return { parameters: parameters!, first: first!, second: second!, count: this.#count };
  }

  load({ parameters, first, second, count }: StepState): void {
    this.loadParameters(parameters);
    this.#replace('first', this.#vectorOf(first));
    this.#replace('second', this.#vectorOf(second));
    this.#count = count;
  }

  loadParameters(parameters: Float32Array): void {
    const specs = this.#network.parameters, views = parameterViews(specs, parameters);
    this.#replace('values', this.#vectorOf(parameters));
    tf.dispose(this.#others);
    this.#others = specs.flatMap(({ trained, shape }, i) => (trained === false ? [tf.keep(tf.tensor(views[i]!.slice(), [...shape]))] : []));
  }

  /** The trained part of a flat vector of all parameters. */
  #vectorOf(flat: Float32Array): Tensor1D {
    const specs = this.#network.parameters, parts = parameterViews(specs, flat).filter((_, i) => specs[i]!.trained !== false);
    const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    parts.reduce((at, part) => { values.set(part, at); return at + part.length; }, 0);
    return tf.tensor1d(values);
  }

  dispose(): void {
    tf.dispose([...Object.values(this.#vectors), ...this.#others]);
  }
}
