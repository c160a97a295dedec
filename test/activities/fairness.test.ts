import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactOf, artifactsOf, getArtifact, getJson, putArtifact, putJson } from '../../activities/artifacts.ts';
import type { DataConfig, FairnessStageConfig } from '../../activities/audit-config.ts';
import { auditedDecisions } from '../../activities/audited-decisions.ts';
import { DataError } from '../../activities/data-error.ts';
import { encode } from '../../activities/encode.ts';
import { fairness } from '../../activities/fairness.ts';
import { ingest } from '../../activities/ingest.ts';
import type { Dataset } from '../../activities/load-dataset.ts';
import { loadDecisions } from '../../activities/load-decisions.ts';
import type { Stage } from '../../activities/stage.ts';
import type { ArtifactRef, Json, StageInput, StageManifest, StageOutput } from '../../activities/types.ts';
import { readTablePart, writeTablePart } from '../../infra/readers/table-part.ts';
import type { FairnessResult } from '../../models/fairness/types.ts';
import type { Column } from '../../models/table.ts';
import { randomStream } from '../../models/engine/random.ts';
import { MemoryStore, testContext } from './memory-store.ts';

const ROWS = 600;
let folder = '';

/** Columns: age, job, sex, city, household, income, p (a score), p10 (the same times 10), approved. Income depends on age and sex. */
function makeCsv(): string {
  const random = randomStream(21, 'csv');
  const lines = ['age,job,sex,city,household,income,p,p10,approved,reason'];
  for (let row = 0; row < ROWS; row++) {
    const age = 20 + random.integer(40), sex = random.uniform() < 0.5 ? 'F' : 'M', job = ['clerk', 'cook', 'nurse'][random.integer(3)]!;
    const chance = 1 / (1 + Math.exp(-((age - 40) / 8 - (sex === 'F' ? 1.5 : 0))));
    const income = random.uniform() < chance ? '>50K' : '<=50K', p = Math.min(0.99, Math.max(0.01, chance + 0.1 * random.normal()));
    lines.push([age, job, sex, random.uniform() < 0.5 ? 'north' : 'south', Math.floor(row / 3), row % 50 === 0 ? '' : income, p.toFixed(4), (10 * p).toFixed(3), p > 0.5 ? 'yes' : 'no', job].join(','));
  }
  return `${lines.join('\n')}\n`;
}

const FAIRNESS: FairnessStageConfig['fairness'] = { level: 0.95, tolerance: { default: 0.05 }, ratio: 0.8, headline: 'auto', reference: {}, intersections: 2, minimum: 30, strata: [] };

function dataConfig(more: Partial<DataConfig>): DataConfig {
  return { path: join(folder, 'people.csv'), columns: null, delimiter: 'auto', encoding: 'utf-8', id: null, label: 'income', positive: '>50K', score: null, prediction: null,
    threshold: null, protected: ['sex', 'city'], exclude: ['household', 'reason'], weight: null, cluster: null, sequence: null, time: null, bins: {}, scoreRange: null,
    missing: ['', '?', 'NA', 'NaN', 'null'], split: [60, 20, 20], ...more };
}

/** Hands out copies, as a store on disk does. */
class CopyingStore extends MemoryStore {
  override async get(key: string): Promise<Uint8Array> {
    return (await super.get(key)).slice();
  }
}

async function commit<C>(store: MemoryStore, stage: Stage<C>, input: StageInput<C>): Promise<ArtifactRef> {
  const output = await stage.run(input, testContext(store));
  return putJson(store, { stage: stage.name, version: stage.version, identity: 'test', ...output } satisfies StageManifest);
}

async function runFairness(data: Partial<DataConfig>, config: Partial<FairnessStageConfig> = {}) {
  const store = new CopyingStore(), whole = dataConfig(data);
  const ingested = await commit(store, ingest, { config: { data: whole, seed: 0 }, inputs: {}, seed: 0 });
  const encoded = await commit(store, encode, { config: { numbers: 'standard' }, inputs: { ingest: [ingested] }, seed: 0 });
  const ref = await commit(store, fairness, { config: { fairness: FAIRNESS, data: whole, reference: 'auto', ...config }, inputs: { ingest: [ingested], encode: [encoded] }, seed: 0 });
  const manifest = await getJson<StageManifest>(store, ref);
  return { result: await getJson<FairnessResult>(store, artifactOf(manifest, 'summary')), decisions: await loadDecisions(store, ref), manifest };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-fairness-'));
  await writeFile(join(folder, 'people.csv'), makeCsv());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('fairness stage', () => {
  it('audits the labels and shows a reference classifier where the data holds no decision', async () => {
    const { result, decisions, manifest } = await runFairness({});
    expect(result.decisions).toMatchObject({ source: 'reference', description: expect.stringMatching(/^reference classifier .*not an audited model/) });
    expect(result.headline).toEqual(['base_rate_difference']);
    expect(result.findings.map(({ attribute, metric }) => [attribute, metric])).toEqual([['sex', 'base_rate_difference'], ['city', 'base_rate_difference']]);
    expect(result.disparities.filter(({ family }) => family === 'headline').every(({ metric }) => metric === 'base_rate_difference')).toBe(true);
    expect(result.groups.filter(({ metric, attribute }) => metric === 'base_rate' && attribute === 'sex').reduce((sum, { denominator }) => sum + denominator, 0)).toBe(588);
    expect(result.population).toContain('12 without a label are left out');
    expect(decisions!.score).toHaveLength(ROWS);
    expect(decisions!.surrogate!.weights.length).toBeGreaterThan(3);
    const area = result.groups.find(({ metric, group }) => metric === 'auroc' && group === 'M')!;
    expect(area.value).toBeGreaterThan(0.75);
    expect(manifest.summary).toMatchObject({ decisions: 'reference', headline: 2 });
  });

  it('is the same to the byte twice', async () => {
    const [one, two] = [await runFairness({}), await runFairness({})];
    // First what differs, then that nothing does.
    expect(one.result).toEqual(two.result);
    expect(one.manifest).toEqual(two.manifest);
  });

  it('audits a score at a threshold, with a surrogate for later stages', async () => {
    const { result, decisions } = await runFairness({ score: 'p', threshold: 0.6, exclude: ['household', 'reason', 'p10', 'approved'] });
    expect(result.decisions).toEqual({ source: 'score', description: 'the audited model\'s decisions: p ≥ 0.6' });
    expect(result.headline).toEqual(['demographic_parity_difference', 'equalized_odds_difference']);
    expect([...decisions!.decision]).toEqual(Array.from(decisions!.score!, (score) => Number(score >= 0.6)));
    expect(decisions!.surrogate!.description).toMatch(/surrogate of the audited decisions .* agreeing on \d+\.\d % of held-out rows/);
  });

  it('reads predictions as yes or no, with AUROC from a score outside [0, 1]', async () => {
    const { result, decisions } = await runFairness({ prediction: 'approved', score: 'p10', label: null, positive: null, exclude: ['household', 'reason', 'p', 'income'] });
    expect(decisions!.source).toBe('prediction');
    expect(Array.from(decisions!.decision)).toEqual(Array.from(decisions!.score!, (score) => Number(score > 5.0)));
    expect(result.headline).toEqual(['demographic_parity_difference']);
    expect(result.notes.join()).toMatch(/scores run from/);
  });

  it('widens the intervals of clusters, and takes weights', async () => {
    const plain = await runFairness({}), byHousehold = await runFairness({ cluster: 'household' }), weighted = await runFairness({ weight: 'p' });
    const gap = ({ result }: { result: FairnessResult }) => result.disparities.find(({ attribute, metric }) => attribute === 'sex' && metric === 'base_rate_difference')!;
    expect(gap(byHousehold).value).toBeCloseTo(gap(plain).value!, 9);
    expect(gap(byHousehold).interval).not.toEqual(gap(plain).interval);
    expect(byHousehold.result.notes.join()).toMatch(/linearised over household/);
    expect(gap(weighted).value).not.toBeCloseTo(gap(plain).value!, 3);
    expect(weighted.result.groups.find(({ metric, group }) => metric === 'base_rate' && group === 'F')!.denominator)
      .toBe(plain.result.groups.find(({ metric, group }) => metric === 'base_rate' && group === 'F')!.denominator);
    for (const { result } of [byHousehold, weighted]) {
      expect(result.disparities.filter(({ value, interval, note }) => value !== null && interval === null && note === null)).toEqual([]);
      for (const metric of ['auroc_difference', 'mean_score_difference', 'brier_difference', 'average_odds_difference']) {
        expect(result.disparities.find((row) => row.metric === metric)!.interval, metric).not.toBeNull();
      }
    }
  });

  it('leaves the reference classifier out when asked', async () => {
    const { result, decisions } = await runFairness({}, { reference: 'none' });
    expect([result.decisions, decisions]).toEqual([null, null]);
    expect(result.findings).toHaveLength(2);
  });

  it('goes without protected attributes', async () => {
    const { result } = await runFairness({ protected: [] });
    expect(result).toMatchObject({ verdict: 'undecided', disparities: [], groups: [] });
    expect(result.notes.join()).toMatch(/no protected attribute/);
  });

  it('measures conditional disparity over declared strata', async () => {
    const { result } = await runFairness({}, { fairness: { ...FAIRNESS, strata: ['job'] } });
    expect(result.data.find(({ metric }) => metric === 'conditional_demographic_disparity')!.value).not.toBeNull();
  });
});

/** The same data, stored in parts of at most `rows`. */
async function cut(store: MemoryStore, ingested: ArtifactRef, rows: number): Promise<ArtifactRef> {
  const manifest = await getJson<StageManifest>(store, ingested), parts: ArtifactRef[] = [];
  for (const ref of artifactsOf(manifest, 'table')) {
    const part = readTablePart(await getArtifact(store, ref));
    for (let start = 0; start < part.table.rows; start += rows) {
      const end = Math.min(part.table.rows, start + rows);
      parts.push(await putArtifact(store, writeTablePart(part, new Map(), start, end), end - start));
    }
  }
  return putJson(store, { ...manifest, artifacts: { ...manifest.artifacts, table: parts } });
}

describe('a fairness stage whose counting is shared out', () => {
  it('ends with the bytes of one that counts alone, however ranges are cut and whoever is done first', async () => {
    const store = new CopyingStore(), data = dataConfig({ weight: 'p', cluster: 'household', exclude: ['reason', 'p10', 'approved'] }), context = testContext(store);
    const ingested = await commit(store, ingest, { config: { data, seed: 0 }, inputs: {}, seed: 0 }), encoded = await commit(store, encode, { config: { numbers: 'standard' }, inputs: { ingest: [ingested] }, seed: 0 });
    const config: FairnessStageConfig = { fairness: FAIRNESS, data, reference: 'auto' }, division = fairness.division!;
    const inputOn = (ref: ArtifactRef): StageInput<FairnessStageConfig> => ({ config, inputs: { ingest: [ref], encode: [encoded] }, seed: 0 });
    const input = inputOn(await cut(store, ingested, 70)), alone = await fairness.run(input, context);
    const [task, ...others] = await division.tasks(input, context) as readonly { first: number; last: number; decisions: readonly Json[] }[];
    expect([task!.first, task!.last, others.length]).toEqual([0, 9, 0]);
    for (const cuts of [[0, 2, 9], [0, 1, 5, 8, 9]]) {
      const pieces: StageOutput[] = [];
      for (const [i, first] of cuts.slice(0, -1).entries()) {
        const range = { ...task, first, last: cuts[i + 1]!, decisions: task!.decisions.slice(first, cuts[i + 1]) };
        pieces.push(await division.task(input, JSON.parse(JSON.stringify(range)) as Json, context));
      }
      const joined = await division.join(input, pieces, context);
      expect(joined.artifacts['summary']).toEqual(alone.artifacts['summary']);
      expect(joined.summary).toEqual(alone.summary);
    }
  });
});

describe('what cannot be audited', () => {
  it.each([
    ['prediction-values', { prediction: 'job' }, {}, /"clerk".* neither the positive label ">50K" nor 1\/0/],
    ['unknown-metric', {}, { fairness: { ...FAIRNESS, headline: ['parity'] } }, /"parity", which is no disparity/],
    ['unknown-metric', {}, { fairness: { ...FAIRNESS, tolerance: { default: 0.05, parity: 0.1 } } }, /tolerance names "parity"/],
    ['unknown-reference', {}, { fairness: { ...FAIRNESS, reference: { sex: 'X' } } }, /"X" for sex, whose groups are /],
    ['unknown-reference', {}, { fairness: { ...FAIRNESS, reference: { age: '20' } } }, /attribute "age"; there are sex, city, sex\*city/],
  ] as const)('%s', async (code, data, config, message) => {
    const failure = await runFairness(data, config).then(() => null, (error: unknown) => error);
    expect(failure).toBeInstanceOf(DataError);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('auditedDecisions', () => {
  const number = (name: string, ...values: number[]): Column => ({ kind: 'number', name, values: Float64Array.from(values) });
  const dataset: Dataset = {
    table: { rows: 3, columns: [number('s', 0.2, Number.NaN, 0.8), number('wide', 1, 5, 9), number('none', Number.NaN, Number.NaN, Number.NaN), number('d', 1, 2, Number.NaN),
      { kind: 'category', name: 'text', levels: ['x', 'y'], codes: Int32Array.of(0, 1, 0) }] },
    rowNumbers: Uint32Array.of(0, 4, 7), ids: ['0', '4', '7'], split: Uint8Array.of(0, 1, 2),
    profile: { rows: 8, usable: 3, unusable: [], split: { train: 1, validation: 1, test: 1 }, columns: [], label: null, notes: [] },
  };

  it.each([
    ['score-threshold', { score: 'wide' }, /run from 1 to 9, outside \[0, 1\].*set data\.threshold/], ['score-not-number', { score: 'text' }, /holds text such as "x"/],
    ['score-range', { score: 'wide', scoreRange: [0, 5] as const, threshold: 3 }, /row 7 has the score 9, outside data\.scoreRange \[0, 5\]/],
    ['score-empty', { score: 'none' }, /every row's is missing/], ['prediction-values', { prediction: 'd', positive: '3' }, /"1", "2" are neither the positive label "3" nor 1\/0/],
  ] as const)('%s', (code, config, message) => {
    expect(() => auditedDecisions(dataset, dataConfig({ label: null, positive: null, ...config }))).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it('keeps a missing score missing, and takes the positive label for a yes', () => {
    expect(auditedDecisions(dataset, dataConfig({ score: 's' }))!.decision).toEqual(Uint8Array.of(0, 255, 1));
    expect(auditedDecisions(dataset, dataConfig({ prediction: 'd', positive: '2' }))!.decision).toEqual(Uint8Array.of(0, 1, 255));
    expect(auditedDecisions(dataset, dataConfig({}))).toBeNull();
  });
});
