import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { stepNoise } from '../../../models/engine/batches.ts';
import { parameterTensors } from '../../../models/engine/eager-step.ts';
import type { Network } from '../../../models/engine/network.ts';
import { EagerStep } from '../../../models/engine/eager-step.ts';
import { initialParameters } from '../../../models/engine/parameters.ts';
import { trainNetwork } from '../../../models/engine/train-network.ts';
import { encodeRows, decodeRows } from '../../../models/networks/infer.ts';
import { klPerRow } from '../../../models/networks/kl-per-row.ts';
import { makeNetwork } from '../../../models/networks/network-table.ts';
import { LOG_VAR_LIMIT } from '../../../models/networks/gaussian-code.ts';
import { ENCODER, encodedRows } from '../../activities/encoded-fixture.ts';
import { rowSets, smallTask, smallVae, useBackend } from '../engine/fixture.ts';

const { x } = encodedRows(32), { width } = ENCODER;

interface Losses { readonly loss: number; readonly reconstruction: number; readonly kl: number }

function losses(network: Network, klWeight: number, noiseEpoch = 0, rows = x): Losses {
  const parameters = initialParameters(network.parameters, 1), n = rows.length / width, noise = stepNoise(n * network.noiseWidth, 2, 'test', noiseEpoch, 0);
  return tf.tidy(() => {
    const batch = { x: tf.tensor2d(rows, [n, width]), klWeight: tf.scalar(klWeight) };
    const { loss, parts } = network.loss(parameterTensors(network, parameters), batch, tf.tensor2d(noise, [n, network.noiseWidth]));
    return { loss: loss.dataSync()[0]!, reconstruction: parts.reconstruction.dataSync()[0]!, kl: parts.kl.dataSync()[0]! };
  });
}

/** Nats per row of a model that takes columns for independent, with each column's own distribution. */
function independentEntropy(values: Float32Array, rows: Uint32Array): number {
  const mean = (feature: number, power = 1): number => rows.reduce((sum, row) => sum + values[row * width + feature]! ** power, 0) / rows.length;
  const entropy = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);
  return ENCODER.columns.reduce((total, column) => {
    if (column.kind === 'category') return total + column.levels.reduce((sum, _, level) => sum + entropy(mean(column.offset + level)), 0);
    const variance = mean(column.offset, 2) - mean(column.offset) ** 2, missing = column.missingIndicator ? mean(column.offset + 1) : 0;
    return total + 0.5 * Math.log(2 * Math.PI * Math.E * variance) + entropy(missing) + entropy(1 - missing);
  }, 0);
}

describe('vae', () => {
  beforeAll(() => useBackend('wasm'));

  it('loses reconstruction plus weighted KL, the KL being the closed form at its posteriors', () => {
    const network = smallVae(), { loss, reconstruction, kl } = losses(network, 0.5);
    expect(loss).toBeCloseTo(reconstruction + 0.5 * kl, 4);
    const { mu, logVar } = encodeRows(network, initialParameters(network.parameters, 1), x), rows = klPerRow(mu, logVar, network.units);
    expect(kl).toBeCloseTo(rows.reduce((sum, value) => sum + value, 0) / rows.length, 4);
  });

  it('charges free bits per unit when the KL is below them', () => {
    const { loss, reconstruction, kl } = losses(smallVae({ freeBits: 50 }), 1);
    expect(kl).toBeLessThan(150);
    expect(loss).toBeCloseTo(reconstruction + 150, 3);
  });

  it('draws its code from the noise, a plain autoencoder does not', () => {
    expect(losses(smallVae(), 1, 0).reconstruction).not.toBe(losses(smallVae(), 1, 1).reconstruction);
    const plain = smallVae({ kind: 'ae', variational: false });
    expect(plain.noiseWidth).toBe(0);
    expect(losses(plain, 1)).toMatchObject({ kl: 0, loss: losses(plain, 1).reconstruction });
    expect(encodeRows(plain, initialParameters(plain.parameters, 1), x).logVar.every((value) => value === -LOG_VAR_LIMIT)).toBe(true);
  });

  it('stays finite on wild rows, and bounds ln σ²', () => {
    const wild = x.slice(), network = smallVae();
    wild[0] = Number.POSITIVE_INFINITY;
    wild[width + 5] = -1e30;
    expect(Number.isFinite(losses(network, 1, 0, wild).loss)).toBe(true);
    const { logVar, mu } = encodeRows(network, initialParameters(network.parameters, 1).map((value) => 50 * value), wild);
    expect(mu.every(Number.isFinite)).toBe(true);
    expect(logVar.every((value) => Math.abs(value) <= LOG_VAR_LIMIT)).toBe(true);
  });

  it('decodes what it encodes, in batches of any number', () => {
    const network = smallVae(), parameters = initialParameters(network.parameters, 1), { mu, output } = encodeRows(network, parameters, x);
    expect(decodeRows(network, parameters, mu)).toEqual(output);
    const many = decodeRows(network, parameters, new Float32Array(3 * 2500));
    expect(many).toHaveLength(2500 * width);
    expect(many.slice(-width)).toEqual(many.slice(0, width));
    expect(decodeRows(network, parameters, new Float32Array(0))).toHaveLength(0);
  });

  it('learns how columns hang together: held-out rows cost at least half a nat less than with independent columns', async () => {
    const { x, train, validation } = rowSets(3000), task = smallTask({ epochs: 15, rate: 1e-2 });
    const makeStep = (parameters: Float32Array): EagerStep => new EagerStep(task.network, parameters, { data: { x }, clip: 50 });
    const { final, records } = await trainNetwork({ ...task, makeStep, train, validation });
    expect(final.loss).toBeLessThan(independentEntropy(x, validation) - 0.5);
    expect(records.at(-1)!.activeUnits).toBeGreaterThanOrEqual(2);
  });

  it('keeps less information at a higher beta', async () => {
    const kl = async (beta: number): Promise<number> => (await trainNetwork(smallTask({ beta, epochs: 12, rate: 1e-2 }))).final.kl;
    expect(await kl(8)).toBeLessThan(0.5 * await kl(0.5));
  });
});

describe('makeNetwork', () => {
  const shape = { width, units: 2, hidden: 8, columns: ENCODER.columns };

  it.each([['vae', 2], ['beta-vae', 2], ['ae', 0]])('builds %s', (kind, noiseWidth) => {
    expect(makeNetwork({ ...shape, kind })).toMatchObject({ kind, noiseWidth, width, units: 2 });
  });

  it('names the kinds there are when asked for another', () => {
    expect(() => makeNetwork({ ...shape, kind: 'gan' })).toThrow(expect.objectContaining({ code: 'not-built', message: 'model.kind gan is not built yet; use one of ae, vae, beta-vae' }));
  });
});
