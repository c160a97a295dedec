import { makeVector, Table, tableToIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { artifactOf, artifactsOf, getJson, putArtifact } from '../../activities/artifacts.ts';
import { DataError } from '../../activities/data-error.ts';
import { loadOutliers, type Outliers } from '../../activities/load-outliers.ts';
import type { OutliersConfig } from '../../activities/audit-config.ts';
import type { StageManifest, StageOutput } from '../../activities/types.ts';
import { outliers } from '../../activities/outliers.ts';
import { DETECTOR_NAMES, FEATURE_DETECTORS } from '../../models/outliers/detectors.ts';
import type { OutlierSummary } from '../../models/outliers/types.ts';
import { storeStage } from './latent-fixture.ts';
import { testContext } from './memory-store.ts';
import { OUTLIERS, PLANTED, preparePeople, type Prepared, ROWS, runOutliers } from './outliers-fixture.ts';

async function load(prepared: Prepared, config: Partial<OutliersConfig> = {}): Promise<Outliers> {
  return loadOutliers(prepared.store, await storeStage(prepared.store, 'outliers', await runOutliers(prepared, config)));
}

const people = (): Promise<Prepared> => preparePeople({ protected: ['sex'], exclude: ['fail'] });
const labelled = (positive = 'yes'): Promise<Prepared> => preparePeople({ protected: ['sex'], label: 'fail', positive });

function pathsOfNull(value: unknown, path = ''): string[] {
  if (value === null) return [path];
  return typeof value === 'object' ? Object.entries(value).flatMap(([key, item]) => pathsOfNull(item, `${path}.${key}`)) : [];
}

describe('the outliers stage', () => {
  it('ranks every row, the planted ones first, with reasons', async () => {
    const { score, rank, summary } = await load(await people());
    expect([...rank].sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, i) => i + 1));
    expect(PLANTED.map((row) => rank[row]!).sort((a, b) => a - b)).toEqual(PLANTED.map((_, i) => i + 1));
    expect(score[PLANTED[0]!]).toBeGreaterThan(score[0]!);
    expect(summary.top).toHaveLength(10);
    for (const { row, rank: own, reasons } of summary.top) {
      expect(PLANTED).toContain(row);
      expect(rank[row]).toBe(own);
      const text = reasons.map((reason) => reason.text).join('; ');
      expect(text).toMatch(/age 1\d\d: typical (39|40|41), (above 9[89](\.\d+)? % of rows|the largest value, shared by \d(\.\d+)? % of rows)( and unusual beside its other columns \(less expected than in 9[89](\.\d+)? % of rows\))?/);
      expect(text).toContain('town Atlantis');
    }
    expect(summary.detectors.map(({ name }) => name).toSorted()).toEqual([...DETECTOR_NAMES].toSorted());
    expect(summary.groups.map(({ group, n }) => [group, n])).toHaveLength(2);
    expect(summary).toMatchObject({ ranked: ROWS, fdr: 0.1 });
    expect(summary.notes.at(-1)).toContain('Two training seeds share');
    expect(summary.notes.at(-2)).toMatch(/strangest 8 rows, by share of their reasons' weight: .*(age|town|hours).* \d+ %/);
  });

  it('gives the same bytes again', async () => {
    const prepared = await people();
    expect(await runOutliers(prepared)).toEqual(await runOutliers(prepared));
  });

  it('with known normal rows: conformal p-values of tested rows only, planted rows flagged', async () => {
    const { pValue, qValue, flagged, summary } = await load(await labelled(), { train: 'normal', fdr: 0.3 });
    expect(summary.method).toContain('split-conformal');
    // The networks were fitted to the anomalies too.
    expect(summary.detectors.map(({ name }) => name).toSorted()).toEqual(['gmm', 'hbos', 'iforest', 'knn', 'knn_wide', 'rare_pairs']);
    expect(summary.notes[0]).toContain('reconstruction, latent, kl are left out');
    expect(summary.smallestDetectable).toBeGreaterThan(0);
    const tested = [...pValue].filter((p) => !Number.isNaN(p)).length;
    expect(tested).toBeLessThan(ROWS / 2);
    expect(PLANTED.every((row) => flagged[row] === 1)).toBe(true);
    for (const [row, q] of qValue.entries()) expect(flagged[row]).toBe(q <= 0.3 ? 1 : 0);
  });

  it('takes the named detectors only', async () => {
    const { summary } = await load(await people(), { detectors: ['latent', 'iforest'] });
    expect(summary.detectors.map(({ name }) => name)).toEqual(['iforest', 'latent']);
    await expect(runOutliers(await people(), { detectors: ['lof'] })).rejects.toThrow('names "lof"; use auto or some of iforest, knn');
  });

  it('says what is missing where normal rows are asked for and none are known', async () => {
    const refused: unknown = await runOutliers(await people(), { train: 'normal' }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DataError);
    expect(String(refused)).toContain('needs data.label');
    await expect(runOutliers(await labelled(), { train: 'normal', detectors: ['kl', 'latent'] })).rejects.toThrow('outliers.detectors names kl, latent');
    await expect(runOutliers(await labelled('no'), { train: 'normal' })).rejects.toThrow(/found \d+ normal rows in the train part and \d+ to calibrate with/);
  });

  it('stores nothing that JSON cannot hold', async () => {
    const { store, ...prepared } = await people(), output = await runOutliers({ store, ...prepared }), manifest: StageManifest = { ...output, stage: 'outliers', version: 1, identity: '' };
    const paths = pathsOfNull(await getJson<OutlierSummary>(store, artifactOf(manifest, 'summary')));
    expect(paths.filter((path) => !/\.(pValue|qValue|smallestDetectable|note)$/.test(path))).toEqual([]);
  });
});

describe('outliers shared out by detectors', () => {
  it.each(['all', 'normal'] as const)('gives the bytes of one call, fitted to %s rows, from the inputs that detectors need and in any order', async (train) => {
    const prepared = await preparePeople(train === 'normal' ? { label: 'fail', positive: 'yes' } : {}), context = testContext(prepared.store);
    const input = { config: { outliers: { ...OUTLIERS, train }, data: prepared.data }, inputs: prepared.inputs, seed: 0 }, pieces: StageOutput[] = [];
    const needed = Object.fromEntries(outliers.division!.needs!.map((name) => [name, prepared.inputs[name]!]));
    for (const { name } of FEATURE_DETECTORS.toReversed()) pieces.push(await outliers.division!.task({ ...input, inputs: needed }, name, context));
    expect(await outliers.division!.join(input, pieces, context)).toEqual(await outliers.division!.join(input, [], context));
    expect(new Set(pieces.map(({ artifacts }) => artifacts['score']![0]!.sha256)).size).toBe(FEATURE_DETECTORS.length);
  });

  it('is not worth it for few rows', async () => {
    const { store, inputs, data } = await preparePeople();
    expect(await outliers.division!.tasks({ config: { outliers: OUTLIERS, data }, inputs, seed: 0 }, testContext(store))).toEqual([]);
  });
});

describe('loadOutliers', () => {
  it('joins parts of any length', async () => {
    const prepared = await people(), { store } = prepared, output = await runOutliers(prepared), whole = await load(prepared), manifest: StageManifest = { ...output, stage: 'outliers', version: 1, identity: '' };
    const parts = await Promise.all([[0, 3], [3, ROWS]].map(async ([start, end]) => {
      const part = new Table({
        score: makeVector(whole.score.slice(start, end)), rank: makeVector(whole.rank.slice(start, end)), p_value: makeVector(whole.pValue.slice(start, end)),
        q_value: makeVector(whole.qValue.slice(start, end)), flagged: makeVector(whole.flagged.slice(start, end)),
      });
      return putArtifact(store, tableToIPC(part, 'file'), part.numRows);
    }));
    const joined = await loadOutliers(store, await storeStage(store, 'outliers', { artifacts: { summary: artifactsOf(manifest, 'summary'), scores: parts }, summary: {} }));
    expect(joined).toEqual(whole);
  });
});
