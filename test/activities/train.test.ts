import { describe, expect, it } from 'vitest';
import { getArtifact, getJson } from '../../activities/artifacts.ts';
import { loadModel } from '../../activities/load-model.ts';
import type { StageInput, StageOutput } from '../../activities/types.ts';
import { train } from '../../activities/train.ts';
import type { TrainConfig } from '../../activities/train.ts';
import type { TrainingSummary } from '../../models/networks/types.ts';
import { ENCODER, encodedRows, storeEncoded, storeManifest } from './encoded-fixture.ts';
import { MemoryStore, testContext } from './memory-store.ts';

const CONFIG: TrainConfig = {
  model: { kind: 'vae', latent: 3, beta: 1, epochs: 3, batch: 64, hidden: 16, numbers: 'standard', precision: 'float32', device: 'cpu', reference: 'auto' },
  backend: 'wasm',
};
const ROWS = encodedRows(400);

async function inputOver(store: MemoryStore, rows = ROWS, config = CONFIG): Promise<StageInput<TrainConfig>> {
  return { config, inputs: { encode: [await storeEncoded(store, rows, 150)] }, seed: 2 };
}

function historyOf(store: MemoryStore, { artifacts }: StageOutput): Promise<TrainingSummary> {
  return getJson<TrainingSummary>(store, artifacts['history']![0]!);
}

describe('the train stage', () => {
  it('stores a model, its history and its summary, and says how training goes', async () => {
    const store = new MemoryStore(), context = testContext(store), output = await train.run(await inputOver(store), context);
    const history = await historyOf(store, output);
    expect(history).toMatchObject({ seed: 2, backend: 'wasm', network: 'vae', parameters: 556, stopped: 'epochs' });
    expect(history.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect([history.klPerUnit.length, history.muVariance.length]).toEqual([3, 3]);
    expect(output.artifacts['summary']).toEqual(output.artifacts['history']);
    expect(output.summary).toMatchObject({ seed: 2, backend: 'wasm', epochs: 3, bestEpoch: history.bestEpoch });
    expect(context.details.at(-1)).toMatch(/^epoch 3\/3 · loss \d+\.\d\d · recon \d+\.\d\d · KL \d+\.\d\d · [\d,]+ rows\/s$/);
    const model = await loadModel(store, await storeManifest(store, { stage: 'train', version: 1, identity: 'test', ...output }));
    expect(model).toMatchObject({ network: 'vae', shape: { width: 11, units: 3, hidden: 16 }, columns: ENCODER.columns });
    expect(model.parameters).toHaveLength(556);
  });

  it('ends with the same bytes when it goes on from a checkpoint', async () => {
    const store = new MemoryStore(), input = await inputOver(store), first = testContext(store), whole = await train.run(input, first);
    expect(first.saved.map(({ step }) => step)).toEqual([4, 8, 12]);
    const second = testContext(store, first.saved[0]!);
    expect(await train.run(input, second)).toEqual(whole);
    expect(second.saved.map(({ step }) => step)).toEqual([8, 12]);
  });

  it('begins anew when the checkpoint is damaged or belongs to other options', async () => {
    const store = new MemoryStore(), input = await inputOver(store), whole = await train.run(input, testContext(store));
    const other = testContext(store);
    await train.run({ ...input, config: { ...CONFIG, model: { ...CONFIG.model, beta: 2 } } }, other);
    for (const left of [{ step: 4, bytes: new Uint8Array(50) }, other.saved[0]!]) {
      const context = testContext(store, left);
      expect(await train.run(input, context)).toEqual(whole);
      expect(context.saved).toHaveLength(3);
    }
  });

  it('stops at once when it is cancelled', async () => {
    const store = new MemoryStore(), controller = new AbortController();
    controller.abort(new Error('cancelled by hand'));
    const context = testContext(store, null, controller.signal);
    await expect(train.run(await inputOver(store), context)).rejects.toThrow('cancelled by hand');
    expect(context.saved).toHaveLength(0);
  });

  it('watches the train part where no row is left for validation', async () => {
    const store = new MemoryStore(), rows = { ...ROWS, split: ROWS.split.map((part) => (part === 1 ? 2 : part)) };
    expect((await train.run(await inputOver(store, rows), testContext(store))).summary).toMatchObject({ epochs: 3 });
  });

  it('refuses what cannot be trained, so that it is not tried again', async () => {
    const store = new MemoryStore(), run = (input: StageInput<TrainConfig>): Promise<StageOutput> => train.run(input, testContext(store));
    const input = await inputOver(store), kind = (name: string): TrainConfig => ({ ...CONFIG, model: { ...CONFIG.model, kind: name as 'vae' } });
    await expect(run({ ...input, config: kind('gan') })).rejects.toMatchObject({ name: 'DataError', code: 'not-built', message: expect.stringContaining('ae, vae, beta-vae') });
    await expect(run({ ...input, config: { ...CONFIG, model: { ...CONFIG.model, precision: 'bfloat16' } } })).rejects.toMatchObject({ code: 'precision', message: expect.stringContaining('this machine computes with wasm') });
    const noTrain = await inputOver(store, { ...ROWS, split: ROWS.split.map(() => 2) });
    await expect(run(noTrain)).rejects.toMatchObject({ name: 'DataError', code: 'no-train-rows' });
    const noFeatures = await storeEncoded(store, { ...ROWS, x: new Float32Array(0) }, 1000, { width: 0, columns: [], omitted: [] });
    await expect(run({ ...input, inputs: { encode: [noFeatures] } })).rejects.toMatchObject({ name: 'DataError', code: 'no-features' });
    const broken = ROWS.x.slice();
    broken[0] = Number.NaN;
    await expect(run(await inputOver(store, { ...ROWS, x: broken }))).rejects.toThrow('the encoded rows hold NaN');
  });

  it('stores nothing that names a time: two runs fill two stores alike', async () => {
    const stores = [new MemoryStore(), new MemoryStore()];
    for (const store of stores) await train.run(await inputOver(store), testContext(store));
    expect([...stores[0]!.objects.keys()]).toEqual([...stores[1]!.objects.keys()]);
    await expect(getArtifact(stores[0]!, { key: [...stores[0]!.objects.keys()][0]!, sha256: '0', bytes: 0 })).rejects.toMatchObject({ code: 'corrupt' });
  });
});
