import { tableFromIPC } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';
import { getArtifact } from '../../activities/artifacts.ts';
import { decodeLatents } from '../../activities/decode-latents.ts';
import { latents, latentsTasks } from '../../activities/latents.ts';
import { loadLatents } from '../../activities/load-latents.ts';
import type { Latents } from '../../activities/load-latents.ts';
import { loadModel } from '../../activities/load-model.ts';
import type { TrainedModel } from '../../activities/load-model.ts';
import { train } from '../../activities/train.ts';
import type { StageOutput } from '../../activities/types.ts';
import { randomStream } from '../../models/engine/random.ts';
import { ENCODER, encodedRows, storeEncoded, storeManifest } from './encoded-fixture.ts';
import { MemoryStore, testContext } from './memory-store.ts';

const UNITS = 2, N = 1701, ROWS = encodedRows(N);

interface Run { readonly store: MemoryStore; readonly input: Parameters<typeof latents.run>[0]; readonly model: TrainedModel; readonly output: StageOutput; readonly loaded: Latents; readonly details: string[] }

async function run(kind: 'vae' | 'ae'): Promise<Run> {
  const store = new MemoryStore(), encode = await storeEncoded(store, ROWS, 600), context = testContext(store);
  const model = { kind, latent: UNITS, beta: 1, epochs: 25, batch: 64, hidden: 16, numbers: 'standard', precision: 'float32', device: 'cpu', reference: 'auto' } as const;
  const trained = await train.run({ config: { model, backend: 'wasm' }, inputs: { encode: [encode] }, seed: 0 }, context);
  const manifest = await storeManifest(store, { stage: 'train', version: 1, identity: 'test', ...trained });
  const input = { config: { backend: 'wasm', precision: 'float32' }, inputs: { encode: [encode], train: [manifest] }, seed: 0 } as const, output = await latents.run(input, context);
  const loaded = await loadLatents(store, await storeManifest(store, { stage: 'latents', version: 1, identity: 'test', ...output }));
  return { store, input, model: await loadModel(store, manifest), output, loaded, details: context.details };
}

const correlation = (a: readonly number[], b: readonly number[]): number => {
  const mean = (v: readonly number[]): number => v.reduce((s, x) => s + x, 0) / v.length, ma = mean(a), mb = mean(b);
  const cov = (u: readonly number[], mu: number, v: readonly number[], mv: number): number => u.reduce((s, x, i) => s + (x - mu) * (v[i]! - mv), 0);
  return cov(a, ma, b, mb) / Math.sqrt(cov(a, ma, a, ma) * cov(b, mb, b, mb));
};

describe('the latents stage', () => {
  let vae: Run;
  beforeAll(async () => { vae = await run('vae'); }, 60_000);

  it('places every usable row of every part, in row order', () => {
    const { loaded, output, details } = vae;
    expect(loaded.rowNumbers).toEqual(ROWS.rowNumbers);
    expect([loaded.units, loaded.columns]).toEqual([UNITS, ENCODER.columns.length]);
    expect([loaded.mu, loaded.logVar, loaded.columnCost, loaded.reconstruction, loaded.kl].map((values) => values.length))
      .toEqual([N * UNITS, N * UNITS, N * 5, N, N]);
    expect(output.summary).toMatchObject({ rows: N, units: UNITS, backend: 'wasm' });
    expect(details.slice(-2)).toEqual(['1,200 of 1,701 rows', '1,701 of 1,701 rows']);
  });

  it('gives the same bytes from any ranges of parts, in any order', async () => {
    const { store, input, output } = vae, context = testContext(store), random = randomStream(0, 'partitions');
    expect(await latentsTasks(input, context)).toEqual([{ first: 0, last: 3 }]);
    expect(await latentsTasks(input, context, 600)).toEqual([{ first: 0, last: 2 }, { first: 2, last: 3 }]);
    for (let round = 0; round < 4; round++) {
      const places = [0, ...[1, 2].filter(() => random.uniform() < 0.6), 3], own = places.slice(1).map((last, i) => ({ first: places[i]!, last })), pieces: StageOutput[] = [];
      const order = round % 2 === 0 ? own.keys() : [...own.keys()].reverse();
      for (const k of order) pieces[k] = await latents.division!.task(input, own[k]!, context);
      expect(await latents.division!.join(input, pieces, context)).toEqual(output);
    }
  });

  it('costs a row the sum of its columns, and its KL is that of its posterior', () => {
    const { mu, logVar, kl, columnCost, reconstruction } = vae.loaded;
    for (const row of [0, 1023, 1024, N - 1]) {
      const costs = columnCost.subarray(5 * row, 5 * row + 5).reduce((sum, cost) => sum + cost, 0);
      expect(reconstruction[row]).toBeCloseTo(costs, 4);
      const terms = [2 * row, 2 * row + 1].map((i) => 0.5 * (mu[i]! ** 2 + Math.exp(logVar[i]!) - 1 - logVar[i]!));
      expect(kl[row]).toBeCloseTo(terms[0]! + terms[1]!, 4);
    }
    expect(vae.output.summary['kl']).toBeCloseTo(kl.reduce((sum, value) => sum + value, 0) / N, 4);
  });

  it('is readable Arrow with the columns of the contract first', async () => {
    const table = tableFromIPC(await getArtifact(vae.store, vae.output.artifacts['latents']![0]!));
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['row', 'mu', 'log_var', 'reconstruction', 'kl']);
    // The stored parts are those of the encoded rows.
    expect(table.numRows).toBe(600);
    expect(table.get(7)!['row']).toBe(ROWS.rowNumbers[7]);
    expect([...table.getChild('mu')!.get(7)]).toEqual([...vae.loaded.mu.subarray(14, 16)]);
    expect(table.schema.fields.some(({ nullable }) => nullable)).toBe(false);
  });

  it('decodes means back to features that follow the rows', async () => {
    const decoded = await decodeLatents(vae.model, vae.loaded.mu, UNITS, 'wasm'), height = (x: Float32Array): number[] => Array.from({ length: N }, (_, row) => x[11 * row]!);
    expect(decoded).toHaveLength(N * 11);
    expect(correlation(height(decoded), height(ROWS.x))).toBeGreaterThan(0.6);
    for (const row of [0, 1500]) expect(decoded.subarray(11 * row + 1, 11 * row + 5).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    await expect(decodeLatents(vae.model, new Float32Array(9), 3, 'wasm')).rejects.toThrow('the model decodes 2 latent dimensions, not 9 values in rows of 3');
    expect(await decodeLatents(vae.model, new Float32Array(0), UNITS, 'wasm')).toHaveLength(0);
  });

  it('gives a plain autoencoder points without KL', async () => {
    const { loaded } = await run('ae');
    expect(loaded.kl.every((value) => value === 0)).toBe(true);
    expect(new Set(loaded.logVar)).toEqual(new Set([-8]));
    expect(loaded.mu.some((value) => value !== 0)).toBe(true);
  });
});
