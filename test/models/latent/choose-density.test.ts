import { describe, expect, it } from 'vitest';
import { chooseDensity, meanAndError } from '../../../models/latent/choose-density.ts';

const candidates = (histogram: readonly number[], gmm: readonly number[]) => [
  { name: 'histogram' as const, detail: 'h', heldOut: Float64Array.from(histogram) }, { name: 'gmm' as const, detail: 'g', heldOut: Float64Array.from(gmm) },
];
const chosen = (list: ReturnType<typeof chooseDensity>): string[] => list.filter((candidate) => candidate.chosen).map(({ name }) => name);

describe('chooseDensity', () => {
  it('keeps the simplest within one paired standard error of the best', () => {
    // Differences 3, −1, 1, 1: mean 1, standard error √(8/3/4) = 0.816; with 2, −2, 1, 1: mean 0.5, standard error 0.866.
    expect(chosen(chooseDensity(candidates([0, 0, 0, 0], [3, -1, 1, 1])))).toEqual(['gmm']);
    expect(chosen(chooseDensity(candidates([0, 0, 0, 0], [2, -2, 1, 1])))).toEqual(['histogram']);
  });

  it('pairs rows: a small gap that holds on every row is a gap, however much rows differ', () => {
    const rows = [-90, 3, 40, -7, 12];
    expect(chosen(chooseDensity(candidates(rows, rows.map((value, i) => value + 0.1 + 0.001 * i))))).toEqual(['gmm']);
    expect(chosen(chooseDensity(candidates(rows.map((value) => value + 0.1), rows)))).toEqual(['histogram']);
  });

  it('obeys the configuration, and still reports both', () => {
    const forced = chooseDensity(candidates([0, 0], [5, 6]), 'histogram');
    expect(chosen(forced)).toEqual(['histogram']);
    expect(forced.map(({ heldOut }) => heldOut)).toEqual([0, 5.5]);
    expect(() => chooseDensity([])).toThrow(RangeError);
  });

  it('knows mean and standard error of the mean', () => {
    expect(meanAndError(Float64Array.of(1, 2, 3, 4))).toEqual({ mean: 2.5, error: Math.sqrt(5 / 3 / 4) });
    expect(meanAndError(Float64Array.of(7))).toEqual({ mean: 7, error: 0 });
  });
});
