import { describe, expect, it } from 'vitest';
import { columnAssociations } from '../../../models/outliers/column-association.ts';
import { rarityOf } from '../../../models/outliers/marginal.ts';
import { explainRows, reasonOverlap } from '../../../models/outliers/reasons.ts';
import { numberText, percentText, shortText } from '../../../models/outliers/value-text.ts';
import { randomStream } from '../../../models/engine/random.ts';
import type { CategoryColumn, NumberColumn } from '../../../models/table.ts';

const N = 1000;
const random = randomStream(0, 'test/reasons');
const number = (name: string, of: (row: number) => number): NumberColumn => ({ kind: 'number', name, values: Float64Array.from({ length: N }, (_, row) => of(row)) });
const category = (name: string, levels: string[], of: (row: number) => number): CategoryColumn => ({ kind: 'category', name, levels, codes: Int32Array.from({ length: N }, (_, row) => of(row)) });

const gain = number('capital-gain', (row) => (row < 5 ? 99999 : 0));
const hours = number('hours', () => 40 + Math.round(5 * random.normal()));
const country = category('country', ['Home', 'Abroad'], (row) => (row === 1 ? 1 : row === 2 ? -1 : 0));
const school = category('school', ['a', 'b', 'c', 'd'], (row) => (row === 3 ? 3 : row % 3));
const schoolNumber = number('school-number', (row) => (row === 3 ? 3 : row % 3));

describe('rarityOf', () => {
  it('says how far out a number is, and against what', () => {
    expect(rarityOf(gain)(0)).toEqual({ value: '99,999', typical: '0', share: 0.005, text: 'the largest value, shared by 0.5 % of rows', usual: false });
    expect(rarityOf(gain)(9)).toMatchObject({ share: 1, usual: true });
    const low = rarityOf(number('x', (row) => row))(0);
    expect(low).toEqual({ value: '0', typical: '500', share: 0.001, text: 'below 99.9 % of rows', usual: false });
  });

  it('says how rare a level or a missing value is; every level being rare makes none strange', () => {
    expect(rarityOf(country)(1)).toEqual({ value: 'Abroad', typical: 'Home', share: 0.002, text: '0.1 % of rows, 0.2 % with all levels as rare', usual: false });
    expect(rarityOf(country)(2)).toMatchObject({ value: '(missing)', text: 'missing in 0.1 % of rows' });
    expect(rarityOf(category('id', Array.from({ length: N }, String), (row) => row))(7).share).toBe(1);
    expect(rarityOf(number('gap', (row) => (row < 10 ? Number.NaN : row)))(0)).toMatchObject({ value: '(missing)', share: 0.01 });
  });
});

describe('columnAssociations', () => {
  it('is near 1 where one column tells the other and near 0 where they are independent', () => {
    const associated = columnAssociations([school, schoolNumber, hours, country], N);
    expect(associated(0, 1)).toBeGreaterThan(0.95);
    expect(associated(1, 0)).toBe(associated(0, 1));
    expect(associated(0, 2)).toBeLessThan(0.02);
  });
});

describe('explainRows', () => {
  const columns = [gain, hours, country, school, schoolNumber];

  it('names the planted value first, with its typical value', () => {
    const [first, second] = explainRows({ columns, costs: [], rows: N }, [0, 1]);
    expect(first![0]).toEqual({ column: 'capital-gain', value: '99,999', typical: '0', contribution: expect.any(Number) as number, text: 'capital-gain 99,999: typical 0, the largest value, shared by 0.5 % of rows' });
    expect(second![0]!.text).toBe('country Abroad: typical Home, 0.1 % of rows, 0.2 % with all levels as rare');
    for (const reasons of explainRows({ columns, costs: [], rows: N }, Array.from({ length: N }, (_, row) => row))) {
      expect(reasons.reduce((sum, { contribution }) => sum + contribution, 0)).toBeLessThanOrEqual(1 + 1e-12);
    }
  });

  it('joins columns that tell each other', () => {
    expect(explainRows({ columns, costs: [], rows: N }, [3])[0]!.map(({ column }) => column)).toContain('school + school-number');
  });

  it('names a usual value that costs the network much beside the others', () => {
    const cost = new Float32Array(N * columns.length).fill(0.1);
    cost[50 * columns.length + 2] = 9;
    const [reasons] = explainRows({ columns, costs: [cost], rows: N }, [50]);
    expect(reasons![0]).toMatchObject({ column: 'country', value: 'Home' });
    expect(reasons![0]!.text).toContain('unusual beside its other columns (less expected than in 99.9 % of rows)');
  });

  it('orders reasons by the share that each text names', () => {
    const cost = new Float32Array(N * columns.length);
    for (let row = 0; row < N; row++) cost[row * columns.length + 1] = row;
    const shown = (text: string): number => {
      const percent = Number(/([\d.]+) %(?: of rows\)?| with all levels as rare)$/.exec(text)![1]) / 100;
      return /above|below|less expected/.test(text) ? 1 - percent : percent;
    };
    const rows = Array.from({ length: 200 }, (_, i) => (i < 5 ? i : 800 + i)), all = explainRows({ columns, costs: [cost], rows: N }, rows);
    expect(all.some((reasons) => reasons.length > 1)).toBe(true);
    for (const reasons of all) {
      const shares = reasons.filter(({ text }) => !text.includes('; with ')).map(({ text }) => shown(text));
      expect(shares.every((share, i) => i === 0 || share >= shares[i - 1]! - 0.005)).toBe(true);
    }
  });

  it('passes over a usual value that the network expected only a little less than elsewhere', () => {
    const cost = new Float32Array(N * columns.length).fill(0.1);
    for (let row = 0; row < 5; row++) cost[row * columns.length + 2] = 9;
    cost[600 * columns.length] = 0.3;
    const explained = explainRows({ columns, costs: [cost], rows: N }, [0, 600]);
    expect(explained[0]!.map(({ column }) => column)).toEqual(['capital-gain']);
    // One row in a thousand, but by two tenths of a nat.
    expect(explained[1]!.length).toBe(1);
  });

  it('names the cost where it counted, and the rarity where that says as much', () => {
    const cost = new Float32Array(N * columns.length).fill(0.1);
    cost[0] = 9;
    cost[3 * columns.length + 1] = 9;
    const [rare, odd] = explainRows({ columns, costs: [cost], rows: N }, [0, 3]);
    expect(rare![0]!.text).toBe('capital-gain 99,999: typical 0, the largest value, shared by 0.5 % of rows and unusual beside its other columns (less expected than in 99.9 % of rows)');
    expect(odd!.map(({ text }) => text).join()).toContain('unusual beside its other columns (less expected than in 99.9 % of rows)');
    cost.fill(9, 0, 1);
    for (let row = 1; row < 3; row++) cost[row * columns.length] = 9;
    expect(explainRows({ columns, costs: [cost], rows: N }, [0])[0]![0]!.text).toContain('the largest value, shared by 0.5 % of rows');
  });

  it('gives a usual row no reason', () => {
    expect(explainRows({ columns: [gain, country], costs: [], rows: N }, [500])[0]).toEqual([]);
  });
});

describe('reasonOverlap', () => {
  const columns = [gain, hours, country, school];
  const costs = (order: number[]): Float32Array => Float32Array.from({ length: N * 4 }, (_, i) => (i < 4 ? 10 * order[i]! : 0.001 * (i >> 2)));

  it('is the mean share of the first three columns that two seeds have in common', () => {
    // Column 3 leads under one seed and is last under the other, among columns that all cost most in row 0: ties go by position.
    expect(reasonOverlap({ columns, costs: [costs([1, 1, 1, 1]), costs([1, 1, 1, 1])], rows: N }, [0])).toBe(1);
    expect(reasonOverlap({ columns, costs: [costs([1, 1, 1, 0]), costs([0, 1, 1, 1])], rows: N }, [0])).toBeCloseTo(2 / 3, 12);
    expect(reasonOverlap({ columns, costs: [costs([1, 1, 1, 1])], rows: N }, [0])).toBeNull();
  });
});

describe('texts', () => {
  it('group thousands, keep six digits and never round a share to none or all', () => {
    expect([99999, 1234567.891, -1000, 0.0125, 1e21, 12].map(numberText)).toEqual(['99,999', '1,234,570', '-1,000', '0.0125', '1e+21', '12']);
    expect([0.995, 0.5, 0.00002, 0.99998, 0, 1, 0.123].map(percentText)).toEqual(['99.5 %', '50 %', '0.002 %', '99.998 %', '0 %', '100 %', '12 %']);
  });

  it('cut huge and many-lined cells', () => {
    expect(shortText('x'.repeat(1e6))).toHaveLength(60);
    expect(shortText('a\n b')).toBe('a b');
  });
});
