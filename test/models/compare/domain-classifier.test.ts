import { describe, expect, it } from 'vitest';
import { domainClassifier } from '../../../models/compare/domain-classifier.ts';
import { contentKeys, rowContent } from '../../../models/compare/row-content.ts';
import { meanChange } from '../../../models/compare/paired-means.ts';
import { gapChange, rateChange, ratioChange } from '../../../models/compare/paired-rates.ts';
import { normalCritical } from '../../../models/stats/normal.ts';
import { matchRows } from '../../../models/compare/match-rows.ts';
import { randomStream } from '../../../models/engine/random.ts';
import type { Matrix } from '../../../models/outliers/types.ts';

const matrix = (rows: number, seed: number, shift: number, spread = 1): Matrix => {
  const random = randomStream(seed, 'matrix');
  return { rows, columns: 3, values: Float32Array.from({ length: rows * 3 }, (_, i) => spread * random.normal() + (i % 3 === 0 ? shift : 0)) };
};
const apart = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

describe('domain classifier', () => {
  it('tells a shifted sample at the AUROC that normal theory gives', () => {
    // Two unit normals d apart: AUROC = Φ(d/√2).
    const found = domainClassifier({ first: matrix(1500, 1, 0), second: matrix(1500, 2, 0.6), units: apart(3000), level: 0.95, seed: 0 })!;
    expect(found.value).toBeGreaterThan(0.64);
    expect(found.value).toBeLessThan(0.69);
    expect(found.interval[0]).toBeGreaterThan(0.62);
  });

  it('tells a wider sample of the same mean, and not two samples of one kind', () => {
    expect(domainClassifier({ first: matrix(800, 1, 0), second: matrix(800, 2, 0, 1.6), units: apart(1600), level: 0.95, seed: 0 })!.interval[0]).toBeGreaterThan(0.6);
    expect(domainClassifier({ first: matrix(800, 1, 0), second: matrix(800, 2, 0), units: apart(1600), level: 0.95, seed: 0 })!.interval[0]).toBeLessThan(0.52);
  });

  it('is at chance when both audits hold the same rows, which a classifier that saw the other copy would not be', () => {
    const x = matrix(600, 3, 0), units = Int32Array.from({ length: 1200 }, (_, i) => i % 600);
    const paired = domainClassifier({ first: x, second: x, units, level: 0.95, seed: 0 })!;
    expect(paired.value).toBeCloseTo(0.5, 2);
    expect(domainClassifier({ first: x, second: x, units: apart(1200), level: 0.95, seed: 0 })!.value).toBeLessThan(0.49);
  });

  it('says nothing of a handful of rows', () => {
    expect(domainClassifier({ first: matrix(10, 1, 0), second: matrix(100, 2, 0), units: apart(110), level: 0.95, seed: 0 })).toBeNull();
  });
});

describe('rows told by their content', () => {
  const columns = (order: 1 | -1) => [{ kind: 'number' as const, name: 'x', values: Float64Array.of(1, 2, 1, Number.NaN) }, { kind: 'category' as const, name: 'c', levels: ['u', 'v'], codes: Int32Array.of(0, 1, 0, -1) }].sort((a, b) => order * (a.name < b.name ? -1 : 1));

  it('equal rows are equal and counted, whatever the order of columns and levels', () => {
    const content = rowContent(columns(1), 4);
    expect([...rowContent(columns(-1), 4)]).toEqual([...content]);
    expect(content[0]).toBe(content[2]);
    expect(new Set(content).size).toBe(3);
    expect(contentKeys(content)[2]).toBe(`${content[0]}#2`);
  });

  it('a hundred thousand different rows have different hashes', () => {
    const n = 100_000, content = rowContent([{ kind: 'number', name: 'x', values: Float64Array.from({ length: n }, (_, i) => i) }, { kind: 'category', name: 'c', levels: ['u', 'v'], codes: Int32Array.from({ length: n }, (_, i) => i % 2) }], n);
    expect(new Set(content).size).toBe(n);
    expect(content.every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true);
  });
});

const NOTHING = { varianceBefore: 0, varianceAfter: 0, covariance: 0, least: 0 };

describe('paired changes of rates', () => {
  it('nothing changed is exactly nothing', () => {
    const y = Uint8Array.of(1, 0, 1, 255, 0, 0), keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(rateChange(y, y, matchRows(keys, keys))).toMatchObject({ value: 0, variance: 0, before: 0.4 });
    expect(rateChange(y, y.map(() => 255), matchRows(keys, keys))).toBeNull();
  });

  it('has the variance of the simulated difference, for tables that share two thirds of their rows', () => {
    const random = randomStream(8, 'paired'), n = 600, kept = 400, zs: number[] = [];
    for (let draw = 0; draw < 500; draw++) {
      const first = Uint8Array.from({ length: n }, () => (random.uniform() < 0.3 ? 1 : 0)), second = Uint8Array.from({ length: n }, (_, i) => (i < kept && random.uniform() < 0.9 ? first[i]! : random.uniform() < 0.3 ? 1 : 0));
      const match = matchRows(Array.from(first, (_, i) => `a${i}`), Array.from(second, (_, i) => (i < kept ? `a${i}` : `b${i}`))), { value, variance } = rateChange(first, second, match)!;
      zs.push(value / Math.sqrt(variance));
    }
    const variance = zs.reduce((sum, z) => sum + z * z, 0) / zs.length;
    expect(variance).toBeGreaterThan(0.8);
    expect(variance).toBeLessThan(1.2);
  });

  it('of ratios and of means have it too', () => {
    const random = randomStream(9, 'paired-ratios'), n = 900, kept = 600, ratios: number[] = [], means: number[] = [], keys = Array.from({ length: n }, (_, i) => `a${i}`), match = matchRows(keys, keys.map((key, i) => (i < kept ? key : `b${i}`)));
    const draw = (rate: number): readonly [Uint8Array, Uint8Array] => {
      const first = Uint8Array.from({ length: n }, () => (random.uniform() < rate ? 1 : 0));
      return [first, Uint8Array.from({ length: n }, (_, i) => (i < kept && random.uniform() < 0.8 ? first[i]! : random.uniform() < rate ? 1 : 0))];
    };
    for (let k = 0; k < 500; k++) {
      const [over, under] = [draw(0.2), draw(0.4)].map(([a, b]) => rateChange(a, b, match)!), ratio = ratioChange(over!, under!, 0.95)!;
      ratios.push((2 * normalCritical(0.95) * ratio.value) / (ratio.interval[1] - ratio.interval[0]));
      const x = Float64Array.from({ length: n }, () => random.normal()), y = x.map((value, i) => (i < kept ? 0.9 * value + 0.4 * random.normal() : random.normal())), change = meanChange(x, y, match)!;
      means.push(change.value / Math.sqrt(change.variance));
    }
    for (const zs of [ratios, means]) {
      const variance = zs.reduce((sum, z) => sum + z * z, 0) / zs.length;
      expect(variance).toBeGreaterThan(0.8);
      expect(variance).toBeLessThan(1.2);
    }
    const y = Uint8Array.of(1, 0, 1, 0), same = rateChange(y, y, matchRows(['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd']))!;
    expect(ratioChange(same, same, 0.95)).toMatchObject({ value: 0, interval: [0, 0] });
    expect(ratioChange(same, { ...same, before: 0 }, 0.95)).toBeNull();
    const z = Float64Array.of(1, Number.NaN, 3), all = matchRows(['a', 'b', 'c'], ['a', 'b', 'c']);
    expect(meanChange(z, z, all)).toMatchObject({ before: 2, after: 2, variance: 0 });
    expect(meanChange(z, Float64Array.of(1, Number.NaN, Number.NaN), all)).toBeNull();
  });

  it('gaps are differences of two groups', () => {
    const change = gapChange({ ...NOTHING, before: 0.5, after: 0.6, value: 0.1, variance: 0.0004 }, { ...NOTHING, before: 0.2, after: 0.2, value: 0, variance: 0.0005 }, 0.95);
    expect(change).toMatchObject({ before: expect.closeTo(0.3, 12), after: expect.closeTo(0.4, 12), value: 0.1 });
    expect(change.interval[1] - 0.1).toBeCloseTo(1.959963984540054 * 0.03, 12);
  });
});
