import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { combine, maskingNote } from '../../../models/outliers/combine.ts';

const N = 500;
const random = randomStream(0, 'test/combine');
const truth = Float64Array.from({ length: N }, () => random.normal());
const noisy = (name: string, sign: number, noise: number): { name: string; scores: Float64Array } => ({ name, scores: truth.map((value) => sign * value + noise * random.normal()) });

describe('combine', () => {
  it('weighs by agreement: weights sum to 1 and noise weighs less', () => {
    const { detectors } = combine([noisy('a', 1, 0.3), noisy('b', 1, 0.3), noisy('c', 1, 3)], null);
    expect(detectors.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(detectors[2]!.weight).toBeLessThan(0.7 * detectors[0]!.weight);
  });

  it('gives a family one vote, and asks others for its agreement', () => {
    const a = noisy('iforest', 1, 0.6), b = noisy('hbos', 1, 0.6), knn = noisy('knn', 1, 0.6), { detectors } = combine([a, b, knn, { ...knn, name: 'knn_wide' }], null);
    const weight = (name: string): number => detectors.find((each) => each.name === name)!.weight;
    expect(weight('knn')).toBeCloseTo(weight('knn_wide'), 12);
    expect(Math.abs(weight('knn') + weight('knn_wide') - weight('hbos'))).toBeLessThan(0.05);
    expect(combine([a, b, knn], null).score[7]).toBeCloseTo(combine([a, b, knn, { ...knn, name: 'knn_wide' }], null).score[7]!, 12);
  });

  it('leaves out what contradicts the rest, and says so', () => {
    const honest = [noisy('a', 1, 0.3), noisy('b', 1, 0.3)], { score, detectors } = combine([...honest, noisy('liar', -1, 0.3)], null);
    const liar = detectors.find(({ name }) => name === 'liar')!;
    expect(liar).toMatchObject({ weight: 0, note: expect.stringContaining('contradicts') as string });
    expect(liar.agreement).toBeLessThan(-0.5);
    expect(score).toEqual(combine(honest, null).score);
  });

  it('does not change under increasing linear maps of a detector, nor with their order', () => {
    const a = noisy('a', 1, 0.5), b = noisy('b', 1, 0.5), c = noisy('c', 1, 0.5), { score } = combine([a, b, c], null);
    const other = combine([c, { ...a, scores: a.scores.map((value) => 3 * value - 7) }, b], null).score;
    for (const [i, value] of score.entries()) expect(other[i]).toBeCloseTo(value, 6);
  });

  it('takes ranks against the fitted rows, beyond which scores still tell rows apart', () => {
    const scores = Float64Array.from({ length: 200 }, (_, i) => i), { score } = combine([{ name: 'a', scores }], Uint32Array.from({ length: 150 }, (_, i) => i));
    expect(score[199]).toBeGreaterThan(score[180]!);
    expect(score[180]).toBeGreaterThan(score[149]!);
  });

  it('ranks within each part, so that rows a network was fitted to are not called less strange', () => {
    const parts = Uint8Array.from({ length: N }, (_, i) => i % 3), { scores } = noisy('a', 1, 0), raised = scores.map((value, i) => value + (parts[i] === 2 ? 1.5 : 0));
    const top = (given: Float64Array, within?: Uint8Array): number => {
      const { score } = combine([{ name: 'a', scores: given, ...(within === undefined ? {} : { parts: within }) }], null);
      return Array.from(score.keys()).sort((a, b) => score[b]! - score[a]!).slice(0, 50).filter((row) => parts[row] === 2).length;
    };
    expect(top(raised)).toBeGreaterThan(35);
    expect(top(raised, parts)).toBeLessThan(22);
    expect(top(raised, parts)).toBeGreaterThan(11);
  });

  it('leaves out scores that are no numbers; without any left it fails', () => {
    const broken = { name: 'broken', scores: truth.map((value, i) => (i === 3 ? Number.NaN : value)) };
    const { score, detectors } = combine([noisy('a', 1, 0.1), broken], null);
    expect(score.every(Number.isFinite)).toBe(true);
    expect(detectors.map(({ name, weight }) => [name, weight])).toEqual([['a', 1], ['broken', 0]]);
    expect(() => combine([broken], null)).toThrow('no detector');
  });
});

describe('maskingNote', () => {
  it('tells of rows that isolate easily and have near neighbours', () => {
    const forest = truth.map((_, i) => (i < 5 ? 10 : truth[i]!)), vouched = truth.map((_, i) => (i < 5 ? -10 : truth[i]!));
    expect(maskingNote(forest, vouched)).toContain('vouch for each other');
    expect(maskingNote(forest, forest)).toBeNull();
    expect(maskingNote(truth, truth.map((value) => -value))).toContain('-1.00');
  });
});
