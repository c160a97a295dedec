import { describe, expect, it } from 'vitest';
import { matchRows, type RowMatch } from '../../../models/compare/match-rows.ts';
import { areaChanges } from '../../../models/compare/paired-areas.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { rankRows, type ScoredRows } from '../../../models/fairness/auroc-by-group.ts';

const rowsOf = (scores: readonly number[], labels: readonly number[], codes: readonly number[], groups = 1): ScoredRows => {
  const found = { scores: Float64Array.from(scores), labels: Uint8Array.from(labels), codes: Int32Array.from(codes), groups };
  return { ...found, ranked: rankRows(found.scores, found.labels) };
};
const keysOf = (n: number, first = 0): string[] => Array.from({ length: n }, (_, i) => `r${i + first}`);
const allOf = (n: number): RowMatch => matchRows(keysOf(n), keysOf(n));

/** DeLong, DeLong and Clarke-Pearson (1988), §3, by their definition: components from the kernel over all pairs, S = S10/m + S01/n. */
function delong(scores: readonly (readonly number[])[], labels: readonly number[]): { readonly areas: readonly number[]; readonly covariance: readonly (readonly number[])[] } {
  const positive = labels.flatMap((y, i) => (y === 1 ? [i] : [])), negative = labels.flatMap((y, i) => (y === 0 ? [i] : [])), kernel = (x: number, y: number): number => (x > y ? 1 : x === y ? 0.5 : 0);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const v10 = scores.map((s) => positive.map((i) => mean(negative.map((j) => kernel(s[i]!, s[j]!))))), v01 = scores.map((s) => negative.map((j) => mean(positive.map((i) => kernel(s[i]!, s[j]!)))));
  const areas = v10.map(mean), s = (v: readonly (readonly number[])[], r: number, q: number): number => v[r]!.reduce((sum, value, i) => sum + (value - areas[r]!) * (v[q]![i]! - areas[q]!), 0) / (v[r]!.length - 1);
  return { areas, covariance: [0, 1].map((r) => [0, 1].map((q) => s(v10, r, q) / positive.length + s(v01, r, q) / negative.length)) };
}

const drawn = (seed: number, n: number, ties = 0): { readonly labels: number[]; readonly scores: readonly [number[], number[]] } => {
  const random = randomStream(seed, 'areas'), labels = Array.from({ length: n }, (_, i) => (i < 2 ? i : random.uniform() < 0.4 ? 1 : 0)), base = labels.map((y) => y + random.normal());
  const noisy = (spread: number): number[] => base.map((x) => { const s = x + spread * random.normal(); return ties === 0 ? s : Math.round(s * ties); });
  return { labels, scores: [noisy(0.3), noisy(0.6)] };
};

describe('paired areas', () => {
  it.each([['without ties', 0], ['with ties', 2]] as const)('have the variances and the covariance of DeLong’s definition, %s', (_, ties) => {
    const { labels, scores } = drawn(1, 90, ties), codes = labels.map(() => 0), { areas, covariance } = delong(scores, labels);
    const [change] = areaChanges(rowsOf(scores[0], labels, codes), rowsOf(scores[1], labels, codes), allOf(90));
    expect(change).toMatchObject({ before: expect.closeTo(areas[0]!, 12), after: expect.closeTo(areas[1]!, 12), varianceBefore: expect.closeTo(covariance[0]![0]!, 12), varianceAfter: expect.closeTo(covariance[1]![1]!, 12), covariance: expect.closeTo(covariance[0]![1]!, 12) });
    expect(change!.variance).toBeCloseTo(covariance[0]![0]! + covariance[1]![1]! - 2 * covariance[0]![1]!, 12);
    // Another order of the rows, in either audit, is no change; audits swapped change the sign.
    const turn = <T,>(values: readonly T[]): T[] => [...values].reverse(), [turned] = areaChanges(rowsOf(scores[0], labels, codes), rowsOf(turn(scores[1]), turn(labels), codes), matchRows(keysOf(90), turn(keysOf(90))));
    expect(turned!.variance).toBeCloseTo(change!.variance, 12);
    const [swapped] = areaChanges(rowsOf(scores[1], labels, codes), rowsOf(scores[0], labels, codes), allOf(90));
    expect(swapped).toMatchObject({ value: expect.closeTo(-change!.value, 12), variance: expect.closeTo(change!.variance, 12) });
  });

  it('equal an example by hand: two neighbours of either label swap', () => {
    // Positives 3, 5, 6 and negatives 1, 2, 4 of the first score; the second swaps 4 and 5. Placements 2/3, 1, 1 | 1, 1, 2/3 against 2/3, 2/3, 1 | 1, 1, 1/3.
    const labels = [0, 0, 1, 0, 1, 1], codes = labels.map(() => 0), [change] = areaChanges(rowsOf([1, 2, 3, 4, 5, 6], labels, codes), rowsOf([1, 2, 3, 5, 4, 6], labels, codes), allOf(6));
    expect(change).toMatchObject({ before: expect.closeTo(8 / 9, 12), after: expect.closeTo(7 / 9, 12) });
    expect(change!.covariance).toBeCloseTo((1 / 6) * (2 / 81 - 1 / 81 + 2 / 81) + (1 / 6) * (2 / 81 + 2 / 81 + 8 / 81), 12);
  });

  it('of rows that are half shared have the variance of the simulated change', () => {
    const random = randomStream(4, 'half'), n = 200, zs: number[] = [], match = matchRows(keysOf(n), keysOf(n, n / 2));
    for (let draw = 0; draw < 400; draw++) {
      const labels = Array.from({ length: 1.5 * n }, () => (random.uniform() < 0.5 ? 1 : 0)), base = labels.map((y) => y + random.normal()), at = (from: number): ScoredRows => rowsOf(base.slice(from, from + n).map((x) => x + 0.3 * random.normal()), labels.slice(from, from + n), Array.from({ length: n }, () => 0));
      const [change] = areaChanges(at(0), at(n / 2), match);
      zs.push(change!.value / Math.sqrt(change!.variance));
    }
    const variance = zs.reduce((sum, z) => sum + z * z, 0) / zs.length;
    expect(variance).toBeGreaterThan(0.8);
    expect(variance).toBeLessThan(1.2);
  });

  it('keep groups apart, whatever their numbers; a row that changed its group is shared by neither', () => {
    const { labels, scores } = drawn(2, 120), codes = labels.map((_, i) => i % 2), both = areaChanges(rowsOf(scores[0], labels, codes, 2), rowsOf(scores[1], labels, codes, 2), allOf(120));
    const only = (g: number, values: readonly number[]): number[] => values.filter((_, i) => i % 2 === g);
    for (const g of [0, 1]) {
      const [alone] = areaChanges(rowsOf(only(g, scores[0]), only(g, labels), only(g, codes).map(() => 0)), rowsOf(only(g, scores[1]), only(g, labels), only(g, codes).map(() => 0)), allOf(60));
      expect(both[g]).toEqual(alone);
    }
    const other = codes.map((code) => 1 - code), renamed = areaChanges(rowsOf(scores[0], labels, other, 2), rowsOf(scores[1], labels, other, 2), allOf(120));
    expect(renamed).toEqual([both[1], both[0]]);
    const moved = areaChanges(rowsOf(scores[0], labels, codes, 2), rowsOf(scores[1], labels, other, 2), allOf(120));
    expect(moved.map((change) => change!.covariance)).toEqual([0, 0]);
  });

  it('are exactly unchanged where each row ranks as it did, and null without both labels', () => {
    const { labels, scores } = drawn(3, 50), codes = labels.map(() => 0), stretched = scores[0].map((score) => 3 * score + 1);
    expect(areaChanges(rowsOf(scores[0], labels, codes), rowsOf(stretched, labels, codes), allOf(50))[0]).toMatchObject({ value: 0, variance: 0 });
    expect(areaChanges(rowsOf(scores[0], labels.map(() => 1), codes), rowsOf(stretched, labels, codes), allOf(50))).toEqual([null]);
    expect(areaChanges(rowsOf([1], [1], [0]), rowsOf([1], [1], [0]), allOf(1))).toEqual([null]);
    // All scores tied: an area of ½ that says nothing, with the variance of nothing known.
    const [tied] = areaChanges(rowsOf(scores[0].map(() => 1), labels, codes), rowsOf(scores[0], labels, codes), allOf(50));
    expect(tied).toMatchObject({ before: 0.5 });
    expect(tied!.variance).toBeGreaterThan(0);
    // One row of each label: no variance can be estimated, the largest stands in.
    const [two] = areaChanges(rowsOf([1, 2], [0, 1], [0, 0]), rowsOf([2, 1], [0, 1], [0, 0]), allOf(2));
    expect(two!.varianceBefore).toBeGreaterThanOrEqual(0.25);
  });
});
