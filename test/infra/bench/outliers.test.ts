import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { averagePrecision, benchOutliers, meansOf, type OutlierBenchOptions, type OutlierResult } from '../../../infra/bench/outliers.ts';
import { readOutlierTable, standardised } from '../../../infra/bench/outlier-tables.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { npzFile } from './npz-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-outliers-'));
  const random = randomStream(1, 'test'), rows = 400, features = 3;
  const y = Float64Array.from({ length: rows }, (_, row) => (row % 20 === 0 ? 1 : 0)), x = Float64Array.from({ length: rows * features }, (_, i) => random.normal() + (y[Math.floor(i / features)] === 1 ? 6 : 0));
  await writeFile(join(folder, '2_planted.npz'), npzFile({ X: { shape: [rows, features], values: x }, y: { shape: [rows], values: y } }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = (changed: Partial<OutlierBenchOptions> = {}): OutlierBenchOptions => ({ folder, seeds: 2, mostRows: 300, protocols: ['all', 'normal'], pyod: false, keep: false, say: () => undefined, ...changed });

describe('bench outliers', () => {
  it('judges every detector and their combination by tables where outliers are known', async () => {
    const { results, means } = await benchOutliers(options());
    expect(new Set(results.map(({ detector }) => detector))).toEqual(new Set(['iforest', 'knn', 'knn_wide', 'hbos', 'gmm', 'rare_pairs', 'combined']));
    for (const protocol of ['all', 'normal'] as const) {
      const combined = results.find((each) => each.detector === 'combined' && each.protocol === protocol)!;
      expect(combined).toMatchObject({ table: '2_planted', tool: 'penumbra', rows: 300, features: 3 });
      expect(combined.auroc).toBeGreaterThan(0.98);
      expect(combined.averagePrecision).toBeGreaterThan(0.8);
    }
    expect(means.filter(({ protocol }) => protocol === 'all').map(({ auroc }) => auroc)).toEqual(means.filter(({ protocol }) => protocol === 'all').map(({ auroc }) => auroc).sort((a, b) => b - a));
    expect((await benchOutliers(options())).results.map(({ auroc }) => auroc)).toEqual(results.map(({ auroc }) => auroc));
  });

  it('counts average precision as its definition says, whatever the order of equal scores', () => {
    // By hand: of the strangest one, one; of the strangest four, two (two equal scores hold one outlier); of all six, three.
    expect(averagePrecision([1, 2, 3, 5, 5, 8], [1, 0, 0, 1, 0, 1])).toBeCloseTo((1 + 2 / 3 + 3 / 6) / 3, 12);
    expect(averagePrecision([1, 2, 3, 5, 5, 8], [1, 0, 0, 0, 1, 1])).toBeCloseTo((1 + 2 / 3 + 3 / 6) / 3, 12);
    expect(averagePrecision([4, 4, 4], [0, 1, 0])).toBeCloseTo(1 / 3, 12);
  });

  it('leaves tables without scores out of a mean, and says of how many it is', () => {
    const result = (detector: string, auroc: number | null): OutlierResult => ({ table: 't', protocol: 'all', tool: 'pyod', detector, rows: 2, features: 1, outliers: 1, auroc, averagePrecision: auroc, seconds: 1 });
    expect(meansOf([result('lof', 0.5), result('lof', null), result('mcd', 0.75)])).toMatchObject([{ detector: 'mcd', tables: 1, auroc: 0.75 }, { detector: 'lof', tables: 1, auroc: 0.5 }]);
  });

  it('standardises by the fitted rows', () => {
    const x = { values: Float32Array.of(0, 7, 2, 7, 10, 7), rows: 3, columns: 2 };
    expect([...standardised(x, Uint32Array.of(0, 1)).values]).toEqual([-1, 0, 1, 0, 9, 0]);
  });

  it('says what is wrong with a folder or a table, and how to mend it', async () => {
    const other = await mkdtemp(join(tmpdir(), 'penumbra-outliers-'));
    try {
      await expect(benchOutliers(options({ folder: other }))).rejects.toThrow('holds no .npz file');
      await expect(benchOutliers(options({ folder: join(other, 'nowhere') }))).rejects.toThrow('cannot be read');
      const x = { shape: [3, 1], values: Float64Array.of(1, 2, 3) };
      await writeFile(join(other, 'a.npz'), npzFile({ X: x }));
      await writeFile(join(other, 'b.npz'), npzFile({ X: x, y: { shape: [3], values: Float64Array.of(0, 1, 2) } }));
      await writeFile(join(other, 'c.npz'), npzFile({ X: x, y: { shape: [3], values: Float64Array.of(0, 0, 0) } }));
      for (const [file, message] of [['a.npz', 'y must be there'], ['b.npz', 'y must be there'], ['c.npz', 'both outliers and usual rows']] as const) await expect(readOutlierTable(join(other, file), 10, 0)).rejects.toThrow(message);
      const ended = spawnSync(process.execPath, [new URL('../../../infra/cli/main.ts', import.meta.url).pathname, 'bench', 'outliers', join(other, 'nowhere')], { encoding: 'utf8' });
      expect(ended).toMatchObject({ status: 2, stdout: '' });
      expect(ended.stderr).toContain('name a folder of npz files');
    } finally {
      await rm(other, { recursive: true, force: true });
    }
  });
});
