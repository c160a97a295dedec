import { describe, expect, it } from 'vitest';
import { rankOutliers } from '../../../infra/library/rank-outliers.ts';
import { randomStream } from '../../../models/engine/random.ts';

const ROWS = 600, COLUMNS = 4, PLANTED = [7, 101, 333];

function planted(): { values: Float32Array; rows: number; columns: number } {
  const random = randomStream(5, 'planted'), values = Float32Array.from({ length: ROWS * COLUMNS }, () => random.normal());
  for (const row of PLANTED) for (let j = 0; j < COLUMNS; j++) values[row * COLUMNS + j] = 8 + j;
  return { values, rows: ROWS, columns: COLUMNS };
}

describe('rankOutliers', () => {
  it('ranks planted rows first, the same every time', () => {
    const found = rankOutliers(planted());
    expect(PLANTED.map((row) => found.rank[row]!).sort()).toEqual([1, 2, 3]);
    expect(rankOutliers(planted())).toEqual(found);
    expect(found.detectors.length).toBeGreaterThan(3);
  });

  it('calibrates by rows known to be normal, and flags what is not', () => {
    const normal = Array.from({ length: ROWS }, (_, row) => row).filter((row) => row >= 20 && !PLANTED.includes(row));
    const found = rankOutliers(planted(), { normal });
    expect(found.method).toMatch(/conformal/);
    expect(found.flagged[7]).toBe(1);
    expect(found.pValue[7]).toBeLessThan(0.01);
    expect(found.pValue[normal[0]!]).toBeNaN();
  });

  it('reads a column with a dominant value on a robust scale: its few ordinary other values are no outliers', () => {
    const x = planted(), wide = { values: new Float32Array(ROWS * (COLUMNS + 1)), rows: ROWS, columns: COLUMNS + 1 };
    for (let row = 0; row < ROWS; row++) {
      wide.values.set(x.values.subarray(row * COLUMNS, (row + 1) * COLUMNS), row * (COLUMNS + 1));
      wide.values[row * (COLUMNS + 1) + COLUMNS] = row % 12 === 1 ? 50 + row / 10 : 0;
    }
    const ranks = (numbers?: readonly number[]): readonly number[] => {
      const { rank } = rankOutliers(wide, numbers === undefined ? {} : { numbers });
      return PLANTED.map((row) => rank[row]!).sort((a, b) => a - b);
    };
    expect(ranks()).toEqual([1, 2, 3]);
    expect(ranks([])[2]).toBeGreaterThan(3);
    expect(() => ranks([5])).toThrow(/numbers names column 5: expected 0 to 4/);
  });

  it('refuses what it cannot rank', () => {
    const x = planted();
    expect(() => rankOutliers({ ...x, rows: 3 })).toThrow(/2400 values, not 3 rows × 4 columns/);
    expect(() => rankOutliers(x, { normal: [600] })).toThrow(/row 600: expected 0 to 599/);
    x.values[9] = Number.NaN;
    expect(() => rankOutliers(x)).toThrow(/NaN at row 2, column 1/);
  });
});
