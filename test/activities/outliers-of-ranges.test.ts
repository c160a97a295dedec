import { setImmediate as breathe } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { sampleEncoded } from '../../activities/encoded-sample.ts';
import { inputOf } from '../../activities/artifacts.ts';
import type { OutliersConfig, OutliersStageConfig } from '../../activities/audit-config.ts';
import { knownNormal } from '../../activities/known-normal.ts';
import { loadDataset } from '../../activities/load-dataset.ts';
import { loadEncoded } from '../../activities/load-encoded.ts';
import { loadOutliers, type Outliers } from '../../activities/load-outliers.ts';
import { joinOutliers, outliers, type OutliersLimits, outliersTasks } from '../../activities/outliers.ts';
import type { ArtifactRef, Json, StageInput, StageOutput } from '../../activities/types.ts';
import { combine } from '../../models/outliers/combine.ts';
import { FEATURE_DETECTORS, LATENT_DETECTORS } from '../../models/outliers/detectors.ts';
import { fitDetector } from '../../models/outliers/score-rows.ts';
import { spearman } from '../../models/stats/spearman.ts';
import { storeEncoded } from './encoded-fixture.ts';
import { storeStage } from './latent-fixture.ts';
import { MemoryStore, testContext } from './memory-store.ts';
import { OUTLIERS, PLANTED, preparePeople, type Prepared, ROWS, runOutliers } from './outliers-fixture.ts';

const LIMITS: OutliersLimits = { worthATask: 1, mostFitted: 300, rowsPerTask: 120 }, PART_ROWS = 50;
const DETECTORS = FEATURE_DETECTORS.map(({ name }) => name);

/** The people, encoded in several parts. */
async function prepare(train: OutliersConfig['train'] = 'all', rows = ROWS, partRows = PART_ROWS): Promise<Prepared> {
  const prepared = await preparePeople(train === 'normal' ? { protected: ['sex'], label: 'fail', positive: 'yes' } : { protected: ['sex'], exclude: ['fail'] }, rows);
  const { x, split, rowNumbers, encoder } = await loadEncoded(prepared.store, inputOf(prepared.inputs, 'encode'));
  return { ...prepared, inputs: { ...prepared.inputs, encode: [await storeEncoded(prepared.store, { x: x.values, split, rowNumbers }, partRows, encoder)] } };
}

function inputFor({ inputs, data }: Prepared, config: Partial<OutliersConfig> = {}): StageInput<OutliersStageConfig> {
  return { config: { outliers: { ...OUTLIERS, ...config }, data }, inputs, seed: 0 };
}

/** What tasks are given before networks are trained. */
function early(input: StageInput<OutliersStageConfig>): StageInput<OutliersStageConfig> {
  return { ...input, inputs: Object.fromEntries(outliers.division!.needs!.map((name) => [name, input.inputs[name]!])) };
}

interface Divided { readonly tasks: readonly Json[]; readonly pieces: readonly StageOutput[] }

async function divide(prepared: Prepared, config: Partial<OutliersConfig> = {}, limits = LIMITS): Promise<Divided> {
  const input = early(inputFor(prepared, config)), context = testContext(prepared.store), tasks = await outliersTasks(input, context, limits), pieces: StageOutput[] = [];
  for (const task of tasks) pieces.push(await outliers.division!.task(input, task, context));
  return { tasks, pieces };
}

async function found(prepared: Prepared, config: Partial<OutliersConfig> = {}, limits = LIMITS): Promise<Outliers> {
  const { store } = prepared, { pieces } = await divide(prepared, config, limits);
  return loadOutliers(store, await storeStage(store, 'outliers', await joinOutliers(inputFor(prepared, config), pieces, testContext(store), limits)));
}

describe('outliers of more rows than detectors are fitted to', () => {
  it.each(['all', 'normal'] as const)('have the same bytes whatever the ranges and the order of their tasks, fitted to %s rows', async (train) => {
    const prepared = await prepare(train), { store } = prepared, input = inputFor(prepared, { train }), whole = await divide(prepared, { train }, { ...LIMITS, rowsPerTask: ROWS });
    expect(whole.tasks).toHaveLength(DETECTORS.length);
    const one = await joinOutliers(input, whole.pieces, testContext(store), LIMITS);
    for (const [rowsPerTask, ranges] of [[50, 8], [120, 5], [200, 3]] as const) {
      const { tasks, pieces } = await divide(prepared, { train }, { ...LIMITS, rowsPerTask });
      expect(tasks).toHaveLength(DETECTORS.length * ranges);
      const shuffled = pieces.map((piece, i) => [(i * 7919) % 101, piece] as const).sort(([a], [b]) => a - b).map(([, piece]) => piece);
      expect(await joinOutliers(input, shuffled, testContext(store), LIMITS)).toEqual(one);
    }
  });

  it.each(['all', 'normal'] as const)('have the scores of detectors that hold everything, fitted to %s rows', async (train) => {
    const prepared = await prepare(train), { store, inputs } = prepared, encode = inputOf(inputs, 'encode'), { x, encoder } = await loadEncoded(store, encode);
    const { encoded, rows } = await sampleEncoded(store, encode, LIMITS.mostFitted, 0), normal = train === 'normal' ? [...knownNormal(await loadDataset(store, inputOf(inputs, 'ingest')), 0).fitted] : null;
    const fittedRows = normal === null ? null : Uint32Array.from(rows!.keys()).filter((place) => normal.includes(rows![place]!));
    const numbers = encoder.columns.filter(({ kind }) => kind === 'number').map(({ offset }) => offset);
    const fits = FEATURE_DETECTORS.map((detector) => ({ name: detector.name, ...fitDetector(detector, { x: encoded.x, numbers, fittedRows, seed: 0, scored: ROWS }) }));
    const combination = combine(fits.map(({ name, own }) => ({ name, scores: own() })), fittedRows);
    const { score, summary } = await found(prepared, { train, detectors: DETECTORS });
    expect(score).toEqual(combination.scoreOf(fits.map(({ name, others }) => ({ name, scores: others(x) }))));
    expect(summary.detectors.map(({ name }) => name).toSorted()).toEqual(DETECTORS.toSorted());
  });

  it('rank as all rows at once do, the planted ones first, with reasons', async () => {
    const prepared = await prepare(), { store } = prepared, whole = await loadOutliers(store, await storeStage(store, 'outliers', await runOutliers(prepared))), limits = { ...LIMITS, mostFitted: 500 };
    const { rank, score, summary } = await found(prepared, {}, limits);
    expect([...rank].sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, i) => i + 1));
    expect(PLANTED.map((row) => rank[row]!).sort((a, b) => a - b)).toEqual(PLANTED.map((_, i) => i + 1));
    expect(spearman(score, whole.score)).toBeGreaterThan(0.85);
    expect(summary).toMatchObject({ ranked: ROWS, groups: whole.summary.groups.map(({ attribute, group, n }) => ({ attribute, group, n })) });
    for (const { row, id, rank: own, reasons } of summary.top) {
      expect([id, own]).toEqual([String(row), rank[row]]);
      expect(reasons.map(({ text }) => text).join()).toContain('town Atlantis');
    }
    expect(summary.notes.join()).toContain(`a sample of 500 of ${ROWS} rows`);
  });

  it('keep known normal rows apart', async () => {
    const { summary, flagged } = await found(await prepare('normal'), { train: 'normal', fdr: 0.3 });
    expect(summary.method).toContain('split-conformal');
    expect(summary.notes[0]).toContain('reconstruction, latent, kl are left out');
    expect(PLANTED.every((row) => flagged[row] === 1)).toBe(true);
  });

  it('are found by the scores of the network alone', async () => {
    const prepared = await prepare(), { tasks } = await divide(prepared, { detectors: LATENT_DETECTORS }), { rank, summary } = await found(prepared, { detectors: LATENT_DETECTORS });
    expect(tasks).toEqual([]);
    expect(summary.detectors.map(({ name }) => name).toSorted()).toEqual([...LATENT_DETECTORS].toSorted());
    expect(PLANTED.every((row) => rank[row]! <= 2 * PLANTED.length)).toBe(true);
  });

  it('fall into tasks that name stored objects and hold nothing of the data', async () => {
    const { tasks } = await divide(await prepare('normal'), { train: 'normal', detectors: ['gmm', 'knn_wide', 'kl'] }), ref = { key: expect.stringMatching(/^objects\//) as string };
    expect(tasks).toEqual(['knn_wide', 'gmm'].flatMap((detector) => [[0, 3], [3, 6], [6, 9], [9, 12], [12, 15]].map(([first, last]) => (
      { detector, first, last, sample: [expect.objectContaining(ref)], normal: [expect.objectContaining(ref)] }))));
  });

  it('are joined without all rows of all detectors in memory', async () => {
    const rows = 20_000, partRows = 2_000, prepared = await prepare('all', rows, partRows), limits = { ...LIMITS, rowsPerTask: partRows }, detectors = ['iforest', 'hbos', 'gmm'], { pieces } = await divide(prepared, { detectors }, limits);
    const scores = pieces.flatMap(({ artifacts }) => artifacts['score']!), store = new WatchedStore(prepared.store as MemoryStore, scores);
    await joinOutliers(inputFor(prepared, { detectors }), pieces, testContext(store), limits);
    expect(store.held).toHaveLength(detectors.length * rows / partRows);
    // The process holds some ten kilobytes more or less for reasons of its own.
    const [, ...held] = store.held;
    expect(Math.max(...held) - Math.min(...held)).toBeLessThan(0.4 * 8 * rows * detectors.length);
  });
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of arrays that are held whenever some objects are read. */
class WatchedStore extends MemoryStore {
  readonly #watched: ReadonlySet<string>;
  readonly held: number[] = [];

  constructor({ objects }: MemoryStore, watched: readonly ArtifactRef[]) {
    super();
    for (const [key, bytes] of objects) this.objects.set(key, bytes);
    this.#watched = new Set(watched.map(({ key }) => key));
  }

  override async get(key: string): Promise<Uint8Array> {
    if (this.#watched.has(key)) {
      await breathe();
      collectGarbage();
      this.held.push(process.memoryUsage().arrayBuffers);
    }
    return super.get(key);
  }
}
