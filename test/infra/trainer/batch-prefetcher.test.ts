import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BatchPrefetcher } from '../../../infra/trainer/batch-prefetcher.ts';
import type { BatchPlan, BatchSource } from '../../../models/engine/batch-source.ts';
import { gatherRows, stepNoise } from '../../../models/engine/batches.ts';
import { trainNetwork } from '../../../models/engine/train-network.ts';
import { OPTIONS, rowSets, smallTask, smallVae, useBackend } from '../../models/engine/fixture.ts';

const { x } = rowSets(500), network = smallVae(), { width, noiseWidth } = network, { seed, batch } = OPTIONS;
const data = new Float32Array(new SharedArrayBuffer(x.byteLength));
data.set(x);

let prefetcher: BatchPrefetcher | null = null;
async function started(batches = 8): Promise<BatchPrefetcher> {
  prefetcher = new BatchPrefetcher({ data, width, noiseWidth, seed, batches, batch });
  while (!prefetcher.begin([])) await delay(5);
  prefetcher.take();
  return prefetcher;
}
afterEach(() => prefetcher?.dispose());

const plan = (epoch: number, number: number, rows = batch): BatchPlan => ({ rows: Uint32Array.from({ length: rows }, (_, i) => (i * 37 + number * 11 + epoch) % 500), epoch, batch: number });

describe('batches prepared by a second thread', () => {
  it('are those that the caller would have made, and stay while the next are made', async () => {
    const source = await started(), calls = [[plan(1, 0), plan(1, 1)], [plan(1, 2), plan(1, 3, 7)], [plan(2, 0)]];
    const taken = calls.map((plans) => (source.begin(plans) ? source.take()! : []));
    for (const k of [1, 2]) {
      expect(taken[k]).toEqual(calls[k]!.map(({ rows, epoch, batch: number }) => ({ x: gatherRows(x, width, rows), noise: stepNoise(rows.length * noiseWidth, seed, 'noise', epoch, number) })));
    }
  });

  it('are refused beyond what the memory holds, and after the end', async () => {
    const source = await started(1);
    expect(source.begin([plan(1, 0), plan(1, 1)])).toBe(false);
    await source.dispose();
    expect(source.begin([plan(1, 0)])).toBe(false);
  });
});

describe('a training whose batches are prepared beside it', () => {
  beforeAll(() => useBackend('wasm'));

  it('gives the bytes of one that makes its own', async () => {
    const inner = await started();
    let prepared = 0;
    const source: BatchSource = { begin: (plans) => inner.begin(plans), take: () => { const all = inner.take(); prepared += all?.length ?? 0; return all; } };
    const alone = await trainNetwork(smallTask()), beside = await trainNetwork({ ...smallTask(), source });
    expect(beside).toEqual(alone);
    // The first call of an epoch has nothing before it.
    expect(prepared).toBe(beside.records.length * (Math.ceil(rowSets(500).train.length / batch) - 1));
  });
});
