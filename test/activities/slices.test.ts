import { describe, expect, it } from 'vitest';
import { artifactOf, getJson } from '../../activities/artifacts.ts';
import { type Decisions, storeDecisions } from '../../activities/load-decisions.ts';
import { labelsOf, loadDataset } from '../../activities/load-dataset.ts';
import { slices } from '../../activities/slices.ts';
import type { SlicesSummary } from '../../models/slices/types.ts';
import { storeStage } from './latent-fixture.ts';
import { testContext } from './memory-store.ts';
import { preparePeople, type Prepared, runOutliers } from './outliers-fixture.ts';

const DECIDED: Omit<Decisions, 'decision'> = { source: 'prediction', description: 'the column decision', threshold: null, score: null, surrogate: null };
const prepare = (): Promise<Prepared> => preparePeople({ protected: ['sex'], label: 'fail', positive: 'yes' });

/** Decisions that are wrong for everybody over 45 and for nobody else. */
async function wrongOver45(prepared: Prepared): Promise<Decisions> {
  const dataset = await loadDataset(prepared.store, prepared.inputs.ingest![0]!), labels = labelsOf(dataset)!, age = dataset.table.columns.find(({ name }) => name === 'age')!;
  return { ...DECIDED, decision: labels.map((label, row) => (age.kind === 'number' && age.values[row]! > 45 ? 1 - label : label)) };
}

async function run(prepared: Prepared, decisions: Decisions | null, cluster: string | null = null): Promise<SlicesSummary> {
  const { store, inputs, data } = prepared;
  const outliers = await storeStage(store, 'outliers', await runOutliers(prepared)), fairness = await storeStage(store, 'fairness', { artifacts: await storeDecisions(store, decisions), summary: {} });
  const output = await slices.run({ config: { data: { ...data, cluster }, level: 0.95 }, inputs: { ...inputs, outliers: [outliers], fairness: [fairness] }, seed: 0 }, testContext(store));
  return getJson<SlicesSummary>(store, artifactOf({ ...output, stage: 'slices', version: 1, identity: '' }, 'summary'));
}

describe('the slices stage', () => {
  it('finds where decisions err and where rows are strange, on rows that took no part', async () => {
    const people = await prepare(), { errorOf, searched, slices: found, notes } = await run(people, await wrongOver45(people)), worst = found.find(({ measure }) => measure === 'error')!;
    expect(errorOf).toBe('the column decision');
    expect(searched).toBeGreaterThan(100);
    expect(worst.conditions.map(({ column }) => column)).toContain('age');
    expect(worst.heldOut).toMatchObject({ replicated: true });
    expect(worst.heldOut.lift).toBeGreaterThan(2);
    expect(found.some(({ measure }) => measure === 'strangeness')).toBe(true);
    expect(found.every(({ conditions }) => conditions.every(({ column }) => column !== 'fail'))).toBe(true);
    expect(notes[0]).toContain('adjusted (Benjamini–Hochberg)');
  });

  it('without decisions searches strangeness only, and says why', async () => {
    const summary = await run(await prepare(), null);
    expect(summary.errorOf).toBeNull();
    expect(summary.slices.every(({ measure }) => measure === 'strangeness')).toBe(true);
    expect(summary.notes[0]).toContain('needs a label and decisions');
  });

  it('warns of clustered rows', async () => {
    expect((await run(await prepare(), null, 'house')).notes.at(-1)).toContain('Rows that share "house" are not independent');
  });
});
