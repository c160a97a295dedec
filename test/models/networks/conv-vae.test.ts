import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parameterTensors } from '../../../models/engine/eager-step.ts';
import type { Tensors } from '../../../models/engine/network.ts';
import { initialParameters, parameterCount, parameterViews } from '../../../models/engine/parameters.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { convDbVae, smallConvVae } from '../../../models/networks/conv-presets.ts';
import { imageSizes } from '../../../models/networks/conv-stack.ts';
import { convVae } from '../../../models/networks/conv-vae.ts';
import type { ConvVae, ConvVaeOptions } from '../../../models/networks/conv-vae.ts';
import { decodeRows, encodeRows } from '../../../models/networks/infer.ts';
import { klPerRow } from '../../../models/networks/kl-per-row.ts';
import { varianceOf } from '../../../models/networks/likelihood.ts';
import { useBackend } from '../engine/fixture.ts';
import { BACKENDS } from '../engine/tensorflow.ts';

const ROWS = 6;
const TINY: ConvVaeOptions = {
  kind: 'tiny', image: { height: 5, width: 7, channels: 2 }, layers: [{ filters: 4, kernel: 3, stride: 2 }, { filters: 4, kernel: 3, stride: 2 }],
  hidden: 8, units: 2, norm: { kind: 'batch' }, labelWeight: 3,
};

function normals(length: number, purpose: string): Float32Array {
  const random = randomStream(8, purpose);
  return Float32Array.from({ length }, () => random.normal());
}

interface Trial { readonly klWeight?: number; readonly labels?: readonly number[]; readonly evaluating?: boolean; readonly flat?: Float32Array; readonly rows?: number; readonly x?: Float32Array }
interface Measured { readonly loss: number; readonly reconstruction: number; readonly kl: number; readonly updates: Record<string, number[]>; readonly gradients: Record<string, Float32Array> }

function parametersOf(network: ConvVae): Float32Array {
  return initialParameters(network.parameters, 1);
}

/** The loss of one batch with its parts, updates and gradients of the trained parameters. */
function measure(network: ConvVae, trial: Trial = {}): Measured {
  const rows = trial.rows ?? ROWS, flat = trial.flat ?? parametersOf(network), trained = network.parameters.filter((spec) => spec.trained !== false), out: Partial<Measured>[] = [];
  tf.tidy(() => {
    const all = parameterTensors(network, flat), noise = tf.tensor2d(normals(rows * network.noiseWidth, 'noise'), [rows, network.noiseWidth]);
    const batch = {
      x: tf.tensor2d(trial.x ?? normals(rows * network.width, 'x'), [rows, network.width]), klWeight: tf.scalar(trial.klWeight ?? 1), evaluating: trial.evaluating ?? false,
      ...(trial.labels === undefined ? {} : { labels: tf.tensor2d([...trial.labels], [rows, 1]) }),
    };
    const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
      const p: Tensors = { ...all, ...Object.fromEntries(trained.map(({ name }, i) => [name, tensors[i]!])) }, result = network.loss(p, batch, noise);
      out.push({
        reconstruction: result.parts.reconstruction.dataSync()[0]!, kl: result.parts.kl.dataSync()[0]!,
        updates: Object.fromEntries(Object.entries(result.updates ?? {}).map(([name, tensor]) => [name, [...tensor.dataSync()]])),
      });
      return result.loss as Scalar;
    })(trained.map(({ name }) => all[name]!));
    out.push({ loss: value.dataSync()[0]!, gradients: Object.fromEntries(trained.map(({ name }, i) => [name, grads[i]!.dataSync() as Float32Array])) });
  });
  return Object.assign({}, ...out) as Measured;
}

describe.each(BACKENDS)('convolutional VAE on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([['batch', TINY], ['group', { ...TINY, norm: { kind: 'group', groups: 2 } } as ConvVaeOptions]])('has the gradients of finite differences with %s norm', (_, options) => {
    const network = convVae(options), labels = [1, 0, 1, -1, 1, 0], flat = parametersOf(network), { gradients } = measure(network, { labels });
    const views = parameterViews(network.parameters, flat);
    network.parameters.forEach(({ name, trained }, i) => {
      if (trained === false) return;
      const view = views[i]!, direction = normals(view.length, name), kept = view.slice(), step = 2e-3 / Math.hypot(...direction);
      const at = (size: number): number => { view.forEach((_value, j) => { view[j] = kept[j]! + size * direction[j]!; }); return measure(network, { labels, flat }).loss; };
      const difference = (at(step) - at(-step)) / (2 * step), slope = gradients[name]!.reduce((sum, value, j) => sum + value * direction[j]!, 0);
      view.set(kept);
      const scale = Math.max(1, Math.hypot(...gradients[name]!) * Math.hypot(...direction));
      expect(Math.abs(difference - slope) / scale, name).toBeLessThan(0.05);
    });
  });
});

describe('convolutional VAE', () => {
  beforeAll(() => useBackend('wasm'));

  it.each(BACKENDS.filter((backend) => backend !== 'cpu'))('has the same loss and gradients on %s as on cpu', async (backend) => {
    await useBackend(backend);
    const network = convVae(TINY), labels = [1, 0, 1, -1, 1, 0], own = measure(network, { labels });
    await useBackend('cpu');
    const reference = measure(network, { labels });
    await useBackend('wasm');
    expect(own.loss / reference.loss).toBeCloseTo(1, 5);
    expect(own.reconstruction / reference.reconstruction).toBeCloseTo(1, 5);
    for (const [name, gradient] of Object.entries(own.gradients)) {
      const scale = Math.hypot(...reference.gradients[name]!) + 1e-3;
      expect(Math.hypot(...gradient.map((value, i) => value - reference.gradients[name]![i]!)) / scale, name).toBeLessThan(1e-3);
    }
  });

  it('costs the Gaussian of its images with one variance, and the KL of its posteriors', () => {
    const network = convVae(TINY), flat = parametersOf(network), x = normals(ROWS * network.width, 'x'), parts = measure(network, { evaluating: true });
    const { mu, logVar } = encodeRows(network, flat, x), noise = normals(ROWS * 2, 'noise');
    const output = decodeRows(network, flat, mu.map((value, i) => value + Math.exp(logVar[i]! / 2) * noise[i]!)), variance = varianceOf(0);
    const cost = output.reduce((sum, value, i) => sum + ((value - x[i]!) ** 2 / variance + Math.log(2 * Math.PI * variance)) / 2, 0) / ROWS;
    expect(parts.reconstruction).toBeCloseTo(cost, 3);
    expect(parts.kl).toBeCloseTo(klPerRow(mu, logVar, 2).reduce((sum, value) => sum + value, 0) / ROWS, 4);
    expect(parts.loss).toBeCloseTo(parts.reconstruction + parts.kl, 3);
  });

  it('counts images labelled 0 for the label alone, those without a label for the image alone', () => {
    const network = convVae(TINY), flat = parametersOf(network), x = normals(ROWS * network.width, 'x'), labels = [1, 0, -1, 1, 0, 1];
    const logits = tf.tidy(() => network.logit(parameterTensors(network, flat), tf.tensor2d(x, [ROWS, network.width])).dataSync().slice());
    const entropy = labels.reduce((sum, label, i) => (label < 0 ? sum : sum + Math.log1p(Math.exp(-(2 * label - 1) * logits[i]!))), 0) / ROWS;
    const { loss, reconstruction, kl } = measure(network, { labels, evaluating: true });
    expect(loss).toBeCloseTo(reconstruction + kl + 3 * entropy, 3);
    const parts = labels.map((_, row) => measure(network, { rows: ROWS, labels: labels.map((_label, i) => (i === row ? 1 : 0)), evaluating: true }));
    const counted = parts.filter((_, row) => labels[row] !== 0);
    expect(reconstruction).toBeCloseTo(counted.reduce((sum, part) => sum + part.reconstruction, 0), 3);
    expect(kl).toBeCloseTo(counted.reduce((sum, part) => sum + part.kl, 0), 4);
  });

  it('moves running statistics a tenth of the way to the batch, only under training', () => {
    const network = convVae(TINY), { updates } = measure(network);
    expect(Object.keys(updates).sort()).toEqual(network.parameters.filter(({ trained }) => trained === false).map(({ name }) => name).sort());
    expect(measure(network, { evaluating: true }).updates).toEqual({});
    const filter = tf.tensor4d(parameterViews(network.parameters, parametersOf(network))[0]!, [3, 3, 2, 4]);
    const convolved = tf.tidy(() => tf.conv2d(tf.tensor4d(normals(ROWS * network.width, 'x'), [ROWS, 5, 7, 2]), filter, 2, 'same'));
    const maps = Float32Array.from(convolved.dataSync()).filter((_, i) => i % 4 === 1);
    for (const tensor of [filter, convolved]) tensor.dispose();
    const mean = maps.reduce((sum, value) => sum + value, 0) / maps.length, variance = maps.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (maps.length - 1);
    expect(updates['down0Mean']![1]).toBeCloseTo(0.1 * mean, 4);
    expect(updates['down0Variance']![1]).toBeCloseTo(0.9 + 0.1 * variance, 4);
  });

  it('codes an image by itself at inference, whatever else is in the batch', () => {
    for (const norm of [{ kind: 'batch' }, { kind: 'group', groups: 2 }] as const) {
      const network = convVae({ ...TINY, norm }), flat = parametersOf(network), x = normals(ROWS * network.width, 'x'), all = encodeRows(network, flat, x);
      const last = encodeRows(network, flat, x.slice(-network.width));
      last.mu.forEach((value, i) => expect(value).toBeCloseTo(all.mu[all.mu.length - 2 + i]!, 5));
      last.output.forEach((value, i) => expect(value).toBeCloseTo(all.output[all.output.length - network.width + i]!, 4));
    }
  });

  it('takes any image: odd sides, one pixel, one channel', () => {
    for (const image of [{ height: 9, width: 4, channels: 1 }, { height: 1, width: 1, channels: 3 }, { height: 2, width: 13, channels: 2 }]) {
      const network = convVae({ ...TINY, image }), { mu, output } = encodeRows(network, parametersOf(network), normals(3 * network.width, 'x'));
      expect([mu.length, output.length]).toEqual([6, 3 * network.width]);
      expect(Number.isFinite(measure(network).loss)).toBe(true);
    }
  });

  it('stays finite on wild pixels', () => {
    const network = convVae(TINY), x = normals(ROWS * network.width, 'x');
    x[0] = Number.POSITIVE_INFINITY;
    x[9] = -1e30;
    const { loss, gradients } = measure(network, { x });
    expect(Number.isFinite(loss)).toBe(true);
    expect(Object.values(gradients).every((gradient) => gradient.every(Number.isFinite))).toBe(true);
  });

  it('has no logit unless it was built with one', () => {
    const { labelWeight: _, ...plain } = TINY, network = convVae(plain);
    expect(network.labelWidth).toBeUndefined();
    expect(measure(network, { labels: [1, 0, 1, 0, 1, 0] }).loss).toBe(measure(network).loss);
    expect(() => network.logit({}, null as unknown as Tensor2D)).toThrow('tiny has no logit');
  });
});

describe('presets', () => {
  beforeAll(() => useBackend('wasm'));

  it('are of the sizes that their papers name', () => {
    const dbVae = convDbVae();
    expect(dbVae).toMatchObject({ kind: 'conv-64-dbvae', width: 64 * 64 * 3, units: 100, noiseWidth: 100, labelWidth: 1 });
    const trained = dbVae.parameters.filter(({ trained: yes }) => yes !== false), filters = 2 * (25 * 3 * 12 + 25 * 12 * 24 + 9 * 24 * 48 + 9 * 48 * 72);
    const dense = (1152 + 1) * 512 + (512 + 1) * 201 + (100 + 1) * 512 + (512 + 1) * 1152, norms = 2 * (12 + 24 + 48 + 72) + 2 * (48 + 24 + 12);
    expect(parameterCount(trained)).toBe(filters + dense + norms + 3 + 1);
    expect(imageSizes({ height: 64, width: 64, channels: 3 }, [{ filters: 12, kernel: 5, stride: 2 }, { filters: 24, kernel: 5, stride: 2 }]).at(-1)).toEqual({ height: 16, width: 16, channels: 24 });
    expect(smallConvVae()).toMatchObject({ kind: 'conv-vae', width: 784, units: 16, noiseWidth: 16 });
  });

  it('run: a step of the DB-VAE on wasm has finite gradients that reach every parameter', () => {
    const network = convDbVae(), { loss, gradients } = measure(network, { rows: 2, labels: [1, 0] });
    expect(Number.isFinite(loss)).toBe(true);
    for (const [name, gradient] of Object.entries(gradients)) expect(gradient.some((value) => value !== 0) && gradient.every(Number.isFinite), name).toBe(true);
  });
});
