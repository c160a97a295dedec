import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { adamState, adamUpdate, globalNorm } from './adam.ts';
import type { AdamState } from './adam.ts';
import type { Network, Tensors } from './network.ts';
import { parameterCount, parameterViews } from './parameters.ts';
import type { StepInput, StepResult, StepState, TrainingStep } from './training-step.ts';

/** The parameters of a network as tensors by name; the caller's tidy disposes of them. */
export function parameterTensors(network: Network, flat: Float32Array): Tensors {
  const views = parameterViews(network.parameters, flat);
  return Object.fromEntries(network.parameters.map((spec, i) => [spec.name, tf.tensor(views[i]!, [...spec.shape])]));
}

/** A training step that runs kernel by kernel; parameters and moments lie in plain arrays and Adam runs on them. */
export class EagerStep implements TrainingStep {
  readonly #network: Network;
  readonly #clip: number;
  readonly #parameters: Float32Array;
  readonly #gradient: Float32Array;
  readonly #adam: AdamState;

  /** @param clip largest global norm of a gradient. */
  constructor(network: Network, parameters: Float32Array, clip: number) {
    this.#network = network;
    this.#clip = clip;
    this.#parameters = parameters.slice();
    this.#gradient = new Float32Array(parameterCount(network.parameters));
    this.#adam = adamState(parameters.length);
  }

  run(input: StepInput): StepResult {
    const parts = tf.tidy(() => this.#lossAndGradient(input));
    const gradientNorm = globalNorm(this.#gradient);
    const scale = gradientNorm > this.#clip ? this.#clip / gradientNorm : 1;
    if (Number.isFinite(parts.loss) && Number.isFinite(gradientNorm)) {
      adamUpdate(this.#parameters, this.#gradient, this.#adam, input.rate, scale);
    }
    return { ...parts, gradientNorm };
  }

  #lossAndGradient({ x, rows, noise, klWeight }: StepInput): Omit<StepResult, 'gradientNorm'> {
    const network = this.#network, names = network.parameters.map((spec) => spec.name);
    const batch = { x: tf.tensor2d(x, [rows, network.width]), klWeight: tf.scalar(klWeight) };
    const noiseTensor = tf.tensor2d(noise, [rows, network.noiseWidth]);
    const parameters = parameterTensors(network, this.#parameters);
    const kept: Scalar[] = [];
    const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
      const result = network.loss(Object.fromEntries(names.map((name, i) => [name, tensors[i]!])), batch, noiseTensor);
      kept.push(tf.keep(result.parts.reconstruction), tf.keep(result.parts.kl));
      return result.loss;
    })(names.map((name) => parameters[name]!));
    parameterViews(network.parameters, this.#gradient).forEach((view, i) => view.set(grads[i]!.dataSync()));
    const [loss, reconstruction, kl] = [value, ...kept].map((part) => part.dataSync()[0]!) as [number, number, number];
    kept.forEach((part) => part.dispose());
    return { loss, reconstruction, kl };
  }

  state(): StepState {
    return { parameters: this.#parameters.slice(), first: this.#adam.first.slice(), second: this.#adam.second.slice(), count: this.#adam.count };
  }

  load(state: StepState): void {
    this.#parameters.set(state.parameters);
    this.#adam.first.set(state.first);
    this.#adam.second.set(state.second);
    this.#adam.count = state.count;
  }

  dispose(): void {}
}
