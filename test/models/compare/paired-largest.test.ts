import { describe, expect, it } from 'vitest';
import { largestChange } from '../../../models/compare/largest-change.ts';
import { matchRows } from '../../../models/compare/match-rows.ts';
import { countRatioChange, meanOfRates } from '../../../models/compare/paired-odds.ts';
import { largestGapChange, largestLogChange, smallestRatioChange } from '../../../models/compare/paired-largest.ts';
import { gapChange, rateChange, ratioChange, type RateChange } from '../../../models/compare/paired-rates.ts';
import { selectedCritical } from '../../../models/compare/selected-critical.ts';
import { eitherEnds, separateEnds } from '../../../models/compare/separate-ends.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { normalCritical } from '../../../models/stats/normal.ts';

const keysOf = (n: number, first = 0): string[] => Array.from({ length: n }, (_, i) => `r${i + first}`);
const known = (before: number, after: number, [varianceBefore, varianceAfter, covariance]: readonly [number, number, number] = [4e-4, 4e-4, 3e-4]): RateChange => ({ before, after, value: after - before, varianceBefore, varianceAfter, covariance, variance: varianceBefore + varianceAfter - 2 * covariance, least: 100 });
const swapped = ({ before, after, value, varianceBefore, varianceAfter, ...rest }: RateChange): RateChange => ({ ...rest, before: after, after: before, value: -value, varianceBefore: varianceAfter, varianceAfter: varianceBefore });

describe('the change of a largest value', () => {
  const never = (): number => 1e-12;

  it('of one candidate, or one far above the others, is its own change with a normal interval', () => {
    const z = normalCritical(1 - 0.9 * 0.05), own = { before: 0.5, after: 0.6, variance: 1e-4 };
    for (const candidates of [[own], [own, { before: 0.1, after: 0.1, variance: 1 }]]) {
      expect(largestChange(candidates, never, 0.95)).toMatchObject({ before: 0.5, after: 0.6, value: expect.closeTo(0.1, 12), interval: [expect.closeTo(0.1 - z * 0.01, 12), expect.closeTo(0.1 + z * 0.01, 12)] });
    }
    expect(largestChange([], never, 0.95)).toBeNull();
  });

  it('reaches over every candidate that may be the largest, before for its lower end and after for its upper', () => {
    const candidates = [{ before: 0.3, after: 0.3, variance: 0 }, { before: 0.29, after: 0.2, variance: 0 }, { before: 0.1, after: 0.31, variance: 0 }, { before: 0, after: 0, variance: 0 }];
    const found = largestChange(candidates, (i, j) => (i === j ? 0 : 1e-4), 0.95)!;
    expect(found).toMatchObject({ value: expect.closeTo(0.01, 12), interval: [expect.closeTo(-0.09, 12), expect.closeTo(0.21, 12)] });
  });

  it('is what nothing changed leaves: nothing, even where all candidates tie', () => {
    const same = known(0.4, 0.4, [4e-4, 4e-4, 4e-4]);
    expect(largestGapChange([[same, same], [same, same]], 0.95)!.interval.map(Math.abs)).toEqual([0, 0]);
    expect(smallestRatioChange([[same, same], [same, same]], 0.95)).toMatchObject({ before: -(-1), after: 1, value: expect.closeTo(0, 15) });
  });
});

describe('equalized odds, ratios of odds and differential fairness', () => {
  const tpr = [known(0.8, 0.83), known(0.6, 0.66), known(0.7, 0.7)], fpr = [known(0.2, 0.2), known(0.21, 0.35), known(0.25, 0.22)];

  it('are the largest over both rates and all pairs', () => {
    expect(largestGapChange([tpr, fpr], 0.95)).toMatchObject({ before: expect.closeTo(0.2, 12), after: expect.closeTo(0.17, 12) });
    expect(smallestRatioChange([tpr, fpr], 0.95)).toMatchObject({ before: expect.closeTo(0.6 / 0.8, 12), after: expect.closeTo(0.2 / 0.35, 12) });
    expect(largestLogChange([tpr], 0.95)).toMatchObject({ before: expect.closeTo(Math.log(0.8 / 0.6), 12), after: expect.closeTo(Math.log(0.83 / 0.66), 12) });
    expect(smallestRatioChange([[known(0, 0.1), known(0.2, 0.2)]], 0.95)).toBeNull();
  });

  it.each([['largest gap', largestGapChange], ['smallest ratio', smallestRatioChange], ['largest logarithm', largestLogChange]] as const)('%s: groups and rates in another order change nothing, audits swapped change the sign', (_, change) => {
    const found = change([tpr, fpr], 0.95)!, turned = change([fpr.toReversed(), tpr.toReversed()], 0.95)!, back = change([tpr.map(swapped), fpr.map(swapped)], 0.95)!;
    for (const end of [0, 1] as const) {
      expect(turned.interval[end]).toBeCloseTo(found.interval[end], 12);
      expect(back.interval[end]).toBeCloseTo(-found.interval[1 - end]!, 12);
    }
    expect(back.value).toBeCloseTo(-found.value, 12);
    expect(found.interval[0] <= found.value && found.value <= found.interval[1]).toBe(true);
  });

  it('hold the true change at ties and folds, and when gaps come from parity, where audits taken one by one do not', () => {
    const random = randomStream(5, 'odds'), n = 300, keys = keysOf(n), match = matchRows(keys, keys);
    for (const rates of [[[0.5, 0.5, 0.3, 0.3], [0.5, 0.5, 0.3, 0.3]], [[0.5, 0.5, 0.3, 0.3], [0.62, 0.5, 0.3, 0.3]], [[0.6, 0.5, 0.4, 0.3], [0.6, 0.5, 0.4, 0.3]]] as const) {
      let held = 0;
      for (let trial = 0; trial < 250; trial++) {
        const changes = [0, 1, 2, 3].map((i) => { const u = Float64Array.from({ length: n }, () => random.uniform()); return rateChange(Uint8Array.from(u, (x) => (x < rates[0][i]! ? 1 : 0)), Uint8Array.from(u, (x) => ((random.uniform() < 0.85 ? x : random.uniform()) < rates[1][i]! ? 1 : 0)), match)!; });
        const truth = ([a, b, c, d]: readonly number[]): number => Math.max(Math.abs(a! - b!), Math.abs(c! - d!)), { interval } = largestGapChange([changes.slice(0, 2), changes.slice(2)], 0.95)!;
        if (interval[0] <= truth(rates[1]) - truth(rates[0]) && truth(rates[1]) - truth(rates[0]) <= interval[1]) held++;
      }
      expect(held / 250, JSON.stringify(rates)).toBeGreaterThan(0.935);
    }
  });
});

describe('average odds and false negatives over false positives', () => {
  it('have the variance of each row’s influence, of rows that are partly shared and labelled anew too', () => {
    const random = randomStream(6, 'average'), n = 400, match = matchRows(keysOf(n), keysOf(n, 100)), pick = (p: number): number => (random.uniform() < p ? 1 : 0);
    const y = Array.from({ length: 500 }, () => pick(0.5)), y2 = y.map((label) => (random.uniform() < 0.1 ? 1 - label : label)), d = y.map((label) => pick(0.3 + 0.4 * label)), d2 = d.map((decision) => (random.uniform() < 0.2 ? 1 - decision : decision));
    const among = (labels: readonly number[], decisions: readonly number[], label: number, from: number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (labels[from + i] === label ? decisions[from + i]! : 255));
    const rate = (label: number) => { const first = among(y, d, label, 0), second = among(y2, d2, label, 100); return { first, second, change: rateChange(first, second, match)! }; };
    const found = meanOfRates(rate(1), rate(0), match), influence = (labels: readonly number[], decisions: readonly number[], from: number): Map<number, number> => {
      const sums = [0, 1].map((label) => ({ n: labels.slice(from, from + n).filter((each) => each === label).length, x: labels.slice(from, from + n).reduce((sum, each, i) => sum + (each === label ? decisions[from + i]! : 0), 0) }));
      return new Map(Array.from({ length: n }, (_, i) => { const { n: size, x } = sums[labels[from + i]!]!; return [from + i, (decisions[from + i]! - x / size) / size / 2] as const; }));
    };
    const a = influence(y, d, 0), b = influence(y2, d2, 100), brute = [...new Set([...a.keys(), ...b.keys()])].reduce((sum, row) => sum + ((b.get(row) ?? 0) - (a.get(row) ?? 0)) ** 2, 0);
    expect(found.variance / brute).toBeGreaterThan(0.98);
    expect(found.variance / brute).toBeLessThan(1.02);
    expect(meanOfRates({ ...rate(1), second: rate(1).first, change: known(0.5, 0.5, [1e-3, 1e-3, 1e-3]) }, { ...rate(0), second: rate(0).first, change: known(0.5, 0.5, [1e-3, 1e-3, 1e-3]) }, matchRows(keysOf(n), keysOf(n))).variance).toBe(0);
  });

  it('a ratio of counts has the delta method’s variance, and none without a count below', () => {
    const first = Uint8Array.of(1, 1, 1, 0, 0, 255), second = Uint8Array.of(1, 1, 0, 0, 255, 0), match = matchRows(keysOf(6), keysOf(6)), found = countRatioChange(first, second, match)!;
    const u = [1, 1, 1, -1.5, -1.5, 0].map((x) => x / 2), v = [1, 1, -2 / 3, -2 / 3, 0, -2 / 3].map((x) => x / 3), square = (values: readonly number[]): number => values.reduce((sum, x) => sum + x * x, 0);
    expect(found).toMatchObject({ before: 1.5, after: expect.closeTo(2 / 3, 12), varianceBefore: expect.closeTo(square(u), 12), varianceAfter: expect.closeTo(square(v), 12), variance: expect.closeTo(square(u.map((x, i) => v[i]! - x)), 12) });
    expect(countRatioChange(first, first, match)).toMatchObject({ value: 0, variance: 0 });
    expect(countRatioChange(first, second.map((value) => (value === 0 ? 255 : value)), match)).toBeNull();
  });
});

describe('a gap that was looked for', () => {
  it('of two groups, or with all rows in common and nothing changed, needs no more than z', () => {
    expect(selectedCritical(0.95, 0.7, 2)).toBeCloseTo(normalCritical(0.95), 12);
    expect(selectedCritical(0.95, 0, 30)).toBeCloseTo(normalCritical(0.95), 12);
    const criticals = [0.1, 0.3, 0.7071, 1].map((r) => selectedCritical(0.95, r, 30));
    expect(criticals).toEqual([...criticals].sort((a, b) => a - b));
    expect(selectedCritical(0.95, 1, 30)).toBeLessThan(normalCritical(1 - 0.05 / 30) + 0.01);
  });

  it('of six equal groups holds its change in both audits, where z alone does not', () => {
    const random = randomStream(7, 'chosen'), n = 200, match = matchRows(keysOf(n), keysOf(n, n));
    let held = 0, plain = 0, ratios = 0;
    for (let trial = 0; trial < 400; trial++) {
      const draw = (): Uint8Array => Uint8Array.from({ length: n }, () => (random.uniform() < 0.4 ? 1 : 0)), changes = Array.from({ length: 6 }, () => rateChange(draw(), draw(), match)!).sort((a, b) => b.before - a.before);
      const holds = ({ interval: [low, high] }: { readonly interval: readonly [number, number] }): number => (low <= 0 && 0 <= high ? 1 : 0), [one, other] = [changes[0]!, changes[5]!];
      held += holds(gapChange(one, other, 0.95, 30));
      plain += holds(gapChange(one, other, 0.95));
      ratios += holds(ratioChange(other, one, 0.95, 30)!);
    }
    expect(held / 400).toBeGreaterThan(0.935);
    expect(ratios / 400).toBeGreaterThan(0.935);
    expect(plain / 400).toBeLessThan(0.9);
  });
});

describe('limits by the audits’ own ends', () => {
  const gap = (value: number, interval: readonly [number, number], metric = 'equalized_odds_difference') => ({ metric, value, interval });

  it('give each end half of the error, keep sizes above 0 and ratios below 1, and swap with the audits', () => {
    const scale = normalCritical(0.975) / normalCritical(0.95), before = gap(0.1, [0.08, 0.13]), after = gap(0.3, [0.25, 0.36]), found = separateEnds(before, after, { from: 0.95, level: 0.95 })!;
    expect(found[0]).toBeCloseTo(0.3 - scale * 0.05 - (0.1 + scale * 0.03), 12);
    expect(found[1]).toBeCloseTo(0.3 + scale * 0.06 - (0.1 - scale * 0.02), 12);
    const [low, high] = separateEnds(after, before, { from: 0.95, level: 0.95 })!;
    expect([-high, -low]).toEqual([expect.closeTo(found[0], 12), expect.closeTo(found[1], 12)]);
    expect(separateEnds(gap(0.1, [0, 0.2]), gap(0.1, [0, 0.2]), { from: 0.95, level: 0.999 })![1]).toBeCloseTo(0.1 + (0.1 * normalCritical(0.999)) / normalCritical(0.95), 12);
    expect(separateEnds(gap(0.9, [0.5, 1], 'x_ratio'), gap(0.9, [0.9, 0.95], 'x_ratio'), { from: 0.95, level: 0.95 })![0]).toBeCloseTo(0.9 - 1, 12);
    // Differential fairness of a group without events: no upper bound, which is null in the file.
    expect(separateEnds(gap(0.1, [0.05, null as unknown as number]), gap(0.1, [0.05, 0.2]), { from: 0.95, level: 0.95 })).toEqual([-Infinity, expect.closeTo(0.1 + scale * 0.1 - (0.1 - scale * 0.05), 12)]);
    expect(separateEnds({ ...before, interval: null }, after, { from: 0.95, level: 0.95 })).toBeNull();
  });

  it('are taken where they are narrower than the rows’, each with its share of the error', () => {
    const levels: number[] = [], by = (interval: readonly [number, number]) => (level: number) => { levels.push(level); return { interval }; };
    expect(eitherEnds(by([-1, 0.2]), () => [-0.5, 0.5], 0.95)).toEqual({ interval: [-0.5, 0.2], paired: true });
    expect(levels[0]).toBeCloseTo(0.975, 12);
    expect(eitherEnds(() => null, () => [-0.5, 0.5], 0.95)).toEqual({ interval: [-0.5, 0.5], paired: false });
    expect(eitherEnds(by([-1, 0.2]), () => null, 0.95)!.interval).toEqual([-1, 0.2]);
    expect(eitherEnds(() => null, () => null, 0.95)).toBeNull();
  });
});
