import { tableFromIPC } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';
import { getArtifact, getJson } from '../../activities/artifacts.ts';
import { debias } from '../../activities/debias.ts';
import { density } from '../../activities/density.ts';
import { loadDensity } from '../../activities/load-density.ts';
import type { ArtifactRef, StageInput, StageOutput } from '../../activities/types.ts';
import { readTablePart } from '../../infra/readers/table-part.ts';
import type { CategoryColumn, NumberColumn } from '../../models/table.ts';
import type { DebiasSummary } from '../../models/resample/types.ts';
import type { MitigationSummary } from '../../models/mitigation/types.ts';
import { DATA, FAIRNESS, noDecisions, withLabels } from './debias-fixture.ts';
import { loadDataset } from '../../activities/load-dataset.ts';
import { mitigation } from '../../activities/mitigation.ts';
import { protectedGroupings } from '../../models/latent/protected-groupings.ts';
import { latentRows, storeLatentRows, storeOutliers, storeStage } from './latent-fixture.ts';
import { MemoryStore, testContext } from './memory-store.ts';

const ROWS = 2500, rows = latentRows(ROWS), protectedNames = ['sex', 'race'];
const store = new MemoryStore();
let inputs: StageInput['inputs'], first: StageOutput;

async function densityOf(choice: 'auto' | 'histogram', before: StageInput['inputs']): Promise<ArtifactRef> {
  return storeStage(store, 'density', await density.run({ config: { density: choice, protected: protectedNames, bins: {} }, inputs: before, seed: 0 }, testContext(store)));
}

const run = (more: Partial<StageInput['inputs']> = {}, names: readonly string[] = protectedNames): Promise<StageOutput> =>
  debias.run({ config: { debias: { density: 'auto', alpha: 0.001, essFloor: 0.5 }, fairness: FAIRNESS, data: DATA, protected: names, bins: {} }, inputs: { ...inputs, ...more }, seed: 0 }, testContext(store));
const summaryOf = (output: StageOutput): Promise<DebiasSummary> => getJson<DebiasSummary>(store, output.artifacts['summary']![0]!);
const arrowOf = async (output: StageOutput, name: string) => tableFromIPC(await getArtifact(store, output.artifacts[name]![0]!));

beforeAll(async () => {
  const before = await storeLatentRows(store, rows);
  inputs = { ...before, ...await noDecisions(store), density: [await densityOf('auto', before)], outliers: [await storeOutliers(store, ROWS, [5, 6, 7])] };
  first = await run();
});

describe('the debias stage', () => {
  it('lifts the rare intersection at the floor of the effective sample size', async () => {
    const summary = await summaryOf(first), chosen = summary.rules.find((rule) => rule.chosen)!;
    expect(summary.chosen).toBe('joint');
    expect(summary.rules.find(({ rule }) => rule === 'component')!.stability).toBeGreaterThan(0.8);
    expect(summary.notes[0]).toContain(chosen.thinLift.toFixed(2));
    expect(chosen.essShare).toBeGreaterThanOrEqual(0.5);
    const rare = chosen.groups.find(({ group }) => group === 'Male*B')!;
    expect(rare.after / rare.before).toBeGreaterThan(3);
    expect(summary.rules.find(({ rule }) => rule === 'product')!.essShare).toBeLessThan(0.4);
    expect(summary.outliers).toEqual({ rows: 3, how: 'flagged by the outlier stage' });
  });

  it('writes a weight and a density of every usable row, as weights.csv has them', async () => {
    const table = await arrowOf(first, 'weights'), { logDensity } = await loadDensity(store, inputs.density![0]!);
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['row', 'id', 'weight', 'density', 'log_density']);
    const weights = table.getChild('weight')!.toArray() as Float64Array;
    expect(weights).toHaveLength(ROWS);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(ROWS, 6);
    expect([table.getChild('row')!.get(9), table.getChild('id')!.get(9)]).toEqual([18, '18']);
    expect(table.getChild('density')!.get(9)).toBe(Math.exp(logDensity[9]!));
    expect(table.getChild('log_density')!.get(9)).toBe(logDensity[9]);
  });

  it('draws as many rows as there are, each about as often as its weight, with the data’s own columns', async () => {
    const { table, rowNumbers, split } = readTablePart(await getArtifact(store, first.artifacts['resampled']![0]!));
    expect([table.rows, table.columns.map(({ name }) => name)]).toEqual([ROWS, ['sex', 'age', 'race']]);
    const weights = (await arrowOf(first, 'weights')).getChild('weight')!.toArray() as Float64Array, counts = new Float64Array(ROWS);
    for (const row of rowNumbers) counts[row / 2]!++;
    for (let row = 0; row < ROWS; row++) expect(Math.abs(counts[row]! - weights[row]!)).toBeLessThan(1 + 1e-6);
    const [sex, age] = table.columns as [CategoryColumn, NumberColumn];
    for (let i = 0; i < ROWS; i += 97) {
      const row = rowNumbers[i]! / 2;
      expect([sex.levels[sex.codes[i]!], age.values[i], split[i]]).toEqual([['Female', 'Male'][rows.sex[row]!], rows.age[row], rows.split[row]]);
    }
    expect((await summaryOf(first)).distinctRows).toBe(new Set(rowNumbers).size);
  });

  it('takes joint with histograms, and caps the strangest 1 % when nothing is flagged', async () => {
    const summary = await summaryOf(await run({ density: [await densityOf('histogram', inputs)], outliers: [await storeOutliers(store, ROWS, [])] }));
    expect(summary.chosen).toBe('joint');
    expect(summary.rules.map(({ rule }) => rule)).toEqual(['product', 'max', 'joint']);
    expect(summary.outliers).toEqual({ rows: 25, how: expect.stringContaining('since none was flagged') });
  });

  it('caps flagged rows, and says when they are mostly of one group', async () => {
    const rare = Array.from(rows.sex, (_, row) => row).filter((row) => rows.sex[row] === 1 && rows.race[row] === 1);
    const output = await run({ outliers: [await storeOutliers(store, ROWS, rare)] }), summary = await summaryOf(output);
    expect(summary.capped).toBeGreaterThan(0.9 * rare.length);
    expect(summary.notes.join('\n')).toMatch(/sex\*race = Male\*B makes up 100 % of the outlier rows/);
    const group = summary.rules.find(({ chosen }) => chosen)!.groups.find((entry) => entry.group === 'Male*B')!;
    expect(group.after / group.before).toBeLessThan(1.3);
  });

  it('compares mitigations on test rows, or says why not', async () => {
    const mitigationOf = (output: StageOutput): Promise<MitigationSummary> => getJson<MitigationSummary>(store, output.artifacts['mitigation']![0]!);
    expect(await mitigationOf(first)).toMatchObject({ changes: null, reason: expect.stringContaining('no label') });
    const labelled = await withLabels(store, rows, inputs), made = await mitigationOf(await run(labelled));
    expect(made.rows).toEqual({ train: 1500, validation: 500, test: 500 });
    const parity = made.changes!.find(({ attribute, method, metric }) => attribute === 'sex' && method === 'reweighing' && metric === 'demographic_parity_difference')!;
    expect([parity.verdict, parity.before! > 0.3, parity.after! < 0.2]).toEqual(['better', true, true]);
    expect(await mitigationOf(await run(labelled, []))).toMatchObject({ changes: null, reason: expect.stringContaining('no protected attribute') });
    expect(await mitigationOf(await run({ ...labelled, fairness: inputs.fairness! }))).toMatchObject({ changes: null, reason: expect.stringContaining('reference') });
  });

  it('gives the bytes of one call where mitigations were judged before density and outliers were there', async () => {
    for (const own of [await withLabels(store, rows, inputs), {}]) {
      const input = { config: { debias: { density: 'auto' as const, alpha: 0.001, essFloor: 0.5 }, fairness: FAIRNESS, data: DATA, protected: protectedNames, bins: {} }, inputs: { ...inputs, ...own }, seed: 0 };
      const needed = Object.fromEntries(debias.division!.needs!.map((name) => [name, input.inputs[name]!])), context = testContext(store);
      const ahead = await debias.division!.task({ ...input, inputs: needed }, 'mitigations', context), joined = await debias.division!.join(input, [ahead], context);
      expect(joined).toEqual(await debias.division!.join(input, [], context));
      expect((await getJson<MitigationSummary>(store, joined.artifacts['mitigation']![0]!)).changes === null).toBe(Object.keys(own).length === 0);
    }
  });

  it('compares mitigations on rows drawn at random where there are more than memory is to hold, and says so', async () => {
    const labelled = await withLabels(store, rows, inputs), dataset = await loadDataset(store, labelled.ingest![0]!), { single } = protectedGroupings(dataset.table, protectedNames, {});
    const request = { dataset, groupings: single, weights: new Float64Array(ROWS).fill(1), fairness: FAIRNESS, data: DATA, inputs: labelled, seed: 0 };
    const made = await mitigation(request, testContext(store), 1000), { train, validation, test } = made.rows!;
    expect(train + validation + test).toBe(1000);
    expect(made.notes.at(-1)).toBe('Mitigations were fitted to and judged on 1,000 rows drawn at random of 2,500.');
    const parity = made.changes!.find(({ attribute, method, metric }) => attribute === 'sex' && method === 'reweighing' && metric === 'demographic_parity_difference')!;
    expect(parity.before).toBeGreaterThan(0.3);
    expect(parity.after!).toBeLessThan(parity.before!);
  });

  it('gives the same bytes again, and does without protected attributes', async () => {
    expect(await run()).toEqual(first);
    expect((await summaryOf(await run({}, []))).rules.every(({ groups }) => groups.length === 0)).toBe(true);
  });
});
