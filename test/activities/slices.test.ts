import { describe, expect, it } from 'vitest';
import { artifactOf, getJson } from '../../activities/artifacts.ts';
import { type Decisions, storeDecisions } from '../../activities/load-decisions.ts';
import { labelsOf, loadDataset } from '../../activities/load-dataset.ts';
import { searchSlices, slices } from '../../activities/slices.ts';
import { randomStream } from '../../models/engine/random.ts';
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

/** A score that knows the label of people up to 45 and is unsure, by as much as it should be, of the others. */
async function unsureOver45(prepared: Prepared): Promise<Decisions> {
  const wrong = await wrongOver45(prepared), random = randomStream(3, 'test/unsure'), { decision } = wrong, dataset = await loadDataset(prepared.store, prepared.inputs.ingest![0]!), labels = labelsOf(dataset)!;
  const decided = decision.map((value, row) => (value === labels[row] ? value : random.uniform() < 0.4 ? 1 - labels[row]! : labels[row]!));
  return { ...wrong, decision: decided, threshold: 0.5, score: Float64Array.from(decided, (value, row) => (decision[row] === labels[row] ? Math.abs(value - 0.001) : Math.abs(value - 0.4))) };
}

async function run(prepared: Prepared, decisions: Decisions | null, cluster: string | null = null, most = 1e6): Promise<SlicesSummary> {
  const { store, inputs, data } = prepared;
  const outliers = await storeStage(store, 'outliers', await runOutliers(prepared)), fairness = await storeStage(store, 'fairness', { artifacts: await storeDecisions(store, decisions), summary: {} });
  const output = await searchSlices({ config: { data: { ...data, cluster }, level: 0.95 }, inputs: { ...inputs, outliers: [outliers], fairness: [fairness] }, seed: 0 }, testContext(store), most);
  return getJson<SlicesSummary>(store, artifactOf({ ...output, stage: 'slices', version: 1, identity: '' }, 'summary'));
}

describe('the slices stage', () => {
  it('gives the bytes of one call where errors were searched before the outliers were there', async () => {
    for (const decided of [wrongOver45, async () => null]) {
      const prepared = await prepare(), { store, inputs, data } = prepared, context = testContext(store), decisions = await decided(prepared);
      const fairness = await storeStage(store, 'fairness', { artifacts: await storeDecisions(store, decisions), summary: {} }), config = { data, level: 0.95 };
      const early = await slices.division!.task({ config, inputs: { ingest: inputs.ingest!, fairness: [fairness] }, seed: 0 }, 'error', context);
      const input = { config, inputs: { ...inputs, fairness: [fairness], outliers: [await storeStage(store, 'outliers', await runOutliers(prepared))] }, seed: 0 };
      const joined = await slices.division!.join(input, [early], context), { slices: found } = await getJson<SlicesSummary>(store, joined.artifacts['summary']![0]!);
      expect(joined).toEqual(await searchSlices(input, context, 1e6));
      expect(found.some(({ measure }) => measure === 'error')).toBe(decisions !== null);
    }
  });

  it('finds where decisions err and where rows are strange, on rows that took no part', async () => {
    const people = await prepare(), { errorOf, errorMeasure, searched, slices: found, notes } = await run(people, await wrongOver45(people)), worst = found.find(({ measure }) => measure === 'error')!;
    expect(errorOf).toBe('the column decision');
    expect(searched).toBeGreaterThan(100);
    expect(worst.conditions.map(({ column }) => column)).toContain('age');
    expect(worst.heldOut).toMatchObject({ replicated: true });
    expect(worst.heldOut.lift).toBeGreaterThan(2);
    expect(worst).toMatchObject({ expected: null, excess: null });
    const strange = found.filter(({ measure }) => measure === 'strangeness');
    expect(strange.length).toBeGreaterThan(0);
    for (const { heldOut } of strange) expect(heldOut).toMatchObject({ interval: null, pValue: null, qValue: null, replicated: null });
    expect(errorMeasure).toBe('plain');
    expect(notes[0]).toContain('hard cases');
    expect(notes.join(' ')).toContain('describe where these lie and have no p-value');
    expect(found.every(({ conditions }) => conditions.every(({ column }) => column !== 'fail'))).toBe(true);
    expect(notes[0]).toContain('adjusted (Benjamini–Hochberg)');
  });

  it('with a score shows errors beside those the score expects, and not the cases it is rightly unsure of', async () => {
    const people = await prepare(), decisions = await unsureOver45(people), { errorMeasure, slices: found, notes } = await run(people, decisions), errors = found.filter(({ measure }) => measure === 'error');
    expect(errorMeasure).toBe('excess');
    expect(notes[0]).toContain('errors beyond the expected');
    expect(errors.filter(({ heldOut }) => heldOut.replicated)).toEqual([]);
    for (const { rate, expected, excess } of errors) expect(excess).toBeCloseTo(rate - expected!, 10);
    // The same decisions without their score: everybody over 45 looks like a failure.
    const plain = await run(people, { ...decisions, score: null });
    expect(plain.slices.some(({ measure, heldOut }) => measure === 'error' && heldOut.replicated)).toBe(true);
  });

  it('without decisions searches strangeness only, and says why', async () => {
    const summary = await run(await prepare(), null);
    expect(summary).toMatchObject({ errorOf: null, errorMeasure: null });
    expect(summary.slices.every(({ measure }) => measure === 'strangeness')).toBe(true);
    expect(summary.notes[0]).toContain('needs a label and decisions');
  });

  it('searches a sample where rows are many, and finds the same', async () => {
    const people = await prepare(), { slices: found, notes } = await run(people, await wrongOver45(people), null, 500), worst = found.find(({ measure }) => measure === 'error')!;
    expect(notes[0]).toBe('Slices were searched and tested on a sample of 500 of 701 rows.');
    expect(worst.conditions.map(({ column }) => column)).toContain('age');
    expect(worst.heldOut).toMatchObject({ replicated: true });
    expect(found.every(({ size, heldOut }) => size + heldOut.size <= 500)).toBe(true);
  });

  it('warns of clustered rows', async () => {
    expect((await run(await prepare(), null, 'house')).notes.at(-1)).toContain('Rows that share "house" are not independent');
  });
});
