import normalLogCdf from '@stdlib/stats-base-dists-normal-logcdf';
import { describe, expect, it } from 'vitest';
import { randomStream, type RandomStream } from '../../../models/engine/random.ts';
import { calibrateBlind } from '../../../models/outliers/calibration.ts';
import { histogramScore } from '../../../models/outliers/histogram-score.ts';
import { isolationForest } from '../../../models/outliers/isolation-forest.ts';
import { mixtureDensity } from '../../../models/outliers/mixture-density.ts';
import { nearestNeighbours } from '../../../models/outliers/nearest-neighbours.ts';
import { scoreRows } from '../../../models/outliers/score-rows.ts';
import { standardise } from './planted.ts';

const DETECTORS = [isolationForest, nearestNeighbours({ name: 'knn', neighbours: () => 10, reference: 1024 }), histogramScore, mixtureDensity];

/** Rows whose columns are drawn by `ordinary`; of the first `outliers` rows by `strange`. */
function audit(n: number, d: number, outliers: number, seed: number, ordinary: (r: RandomStream) => number, strange = ordinary): ReturnType<typeof calibrateBlind> {
  const random = randomStream(seed, 'test/calibration');
  const values = Float32Array.from({ length: n * d }, (_, i) => (i < outliers * d ? strange : ordinary)(random));
  const x = standardise({ values, rows: n, columns: d });
  return calibrateBlind(scoreRows({ x, detectors: DETECTORS, given: [], fittedRows: null, seed }).score, 0.1);
}

function count(flagged: Uint8Array, start: number, end = flagged.length): number {
  return flagged.subarray(start, end).reduce((sum, flag) => sum + flag, 0);
}

const normal = (r: RandomStream): number => r.normal();
/** Student's t with 3 degrees of freedom: ordinary rows with heavy tails. */
const heavy = (r: RandomStream): number => r.normal() / Math.sqrt((r.normal() ** 2 + r.normal() ** 2 + r.normal() ** 2) / 3);

describe('calibrateBlind', () => {
  it('finds clear outliers among normal rows (power ≥ .8) at a false discovery rate of at most .12', () => {
    let power = 0, proportion = 0;
    for (let seed = 0; seed < 6; seed++) {
      const { flagged, calibrated, nulls } = audit(2000, 16, 30, seed, normal, (r) => 5 * r.normal()), found = count(flagged, 0, 30), wrong = count(flagged, 30);
      expect(calibrated).toBe(true);
      expect(nulls).toHaveLength(4);
      power += found / 30 / 6;
      proportion += wrong / Math.max(1, found + wrong) / 6;
    }
    expect(power).toBeGreaterThan(0.8);
    expect(proportion).toBeLessThan(0.12);
  });

  it('flags nobody where there are no outliers, however heavy the tails', () => {
    for (const draw of [normal, heavy, (r: RandomStream): number => Math.exp(0.6 * r.normal())]) {
      expect(count(audit(1500, 6, 0, 3, draw).flagged, 0)).toBeLessThanOrEqual(1);
    }
  });

  it('only ranks where the null families disagree, and says between what', () => {
    const { method, calibrated, qValue, pValue, flagged, nulls, notes } = audit(2000, 8, 40, 1, heavy, (r) => 8 * heavy(r));
    expect({ method, calibrated, flags: count(flagged, 0) }).toEqual({ method: 'rank only', calibrated: false, flags: 0 });
    expect([...qValue, ...pValue].every(Number.isNaN)).toBe(true);
    const counts = nulls.map((each) => each.flagged);
    expect(notes[0]).toContain(`between ${Math.min(...counts)} and ${Math.max(...counts)}`);
  });

  it('keeps the false discovery rate with heavy-tailed ordinary rows in many columns, or only ranks', () => {
    let proportion = 0;
    for (let seed = 0; seed < 4; seed++) {
      const { flagged } = audit(2500, 20, 25, seed, heavy, (r) => 8 * heavy(r)), found = count(flagged, 0, 25), wrong = count(flagged, 25);
      proportion += wrong / Math.max(1, found + wrong) / 4;
    }
    expect(proportion).toBeLessThan(0.12);
  });

  it('only ranks where counts differ by more than a factor of 2 though all find some', () => {
    const surprise = (z: number): number => -normalLogCdf(-z, 0, 1);
    const audited = (low: number): ReturnType<typeof calibrateBlind> => {
      const random = randomStream(5, 'test/calibration');
      return calibrateBlind(Float64Array.from({ length: 3000 }, (_, i) => surprise(i < 60 ? low + 3 * i / 60 : random.normal())), 0.1);
    };
    const near = audited(3.5), far = audited(8), fewest = Math.min(...near.nulls.map((each) => each.flagged));
    expect(fewest).toBeGreaterThan(0);
    expect(Math.max(...near.nulls.map((each) => each.flagged))).toBeGreaterThan(2 * fewest);
    expect([near.calibrated, far.calibrated]).toEqual([false, true]);
    expect(count(far.flagged, 0)).toBe(Math.min(...far.nulls.map((each) => each.flagged)));
    expect([...far.qValue].every(Number.isFinite)).toBe(true);
  });

  it('only ranks few rows, and rows that are mostly alike', () => {
    expect(calibrateBlind(new Float64Array(30), 0.1).notes[0]).toContain('Too few rows (30');
    expect(calibrateBlind(new Float64Array(300), 0.1).notes[0]).toContain('equal');
  });
});
