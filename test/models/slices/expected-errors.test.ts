import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { expectedErrors, type ExpectedErrorsInput } from '../../../models/slices/expected-errors.ts';

const N = 20_000, rows = Uint32Array.from({ length: N }, (_, i) => i);

/** Labels drawn with known probabilities; the score tells these through `tell`. */
function drawn(tell: (p: number) => number, threshold = 0.5): ExpectedErrorsInput & { readonly p: Float64Array } {
  const random = randomStream(1, 'test/expected-errors'), p = Float64Array.from({ length: N }, () => 1 / (1 + Math.exp(-1.5 * random.normal())));
  return { p, score: p.map(tell), decision: Uint8Array.from(p, (value) => Number(value >= threshold)), labels: Uint8Array.from(p, (value) => Number(random.uniform() < value)), rows };
}

/** Root of the mean squared distance from the true P(error). */
function distance({ p, ...input }: ReturnType<typeof drawn>): number {
  const expected = expectedErrors(input)!;
  return Math.sqrt(expected.reduce((sum, value, i) => sum + (value - (input.decision[i] === 1 ? 1 - p[i]! : p[i]!)) ** 2, 0) / N);
}

const logit = (p: number): number => Math.log(p / (1 - p));

describe('expectedErrors', () => {
  it('is p where the decision is 0 and 1 − p where it is 1, at any threshold', () => {
    for (const threshold of [0.3, 0.5, 0.8]) expect(distance(drawn((p) => p, threshold))).toBeLessThan(0.01);
  });

  it('reads a score that is overconfident, on another scale, or upside down as what it tells on the whole', () => {
    expect(distance(drawn((p) => 1 / (1 + Math.exp(-3 * logit(p) - 1))))).toBeLessThan(0.01);
    expect(distance(drawn((p) => 500 + 40 * logit(p)))).toBeLessThan(0.01);
    expect(distance(drawn((p) => 1 - p))).toBeLessThan(0.01);
  });

  it('adds up to the errors of the rows it is fitted on when the decision is one for all', () => {
    const { p: _, ...input } = drawn((p) => p, 2), expected = expectedErrors(input)!;
    const errors = input.labels.reduce((sum, label) => sum + label, 0);
    expect(expected.reduce((sum, value) => sum + value, 0)).toBeCloseTo(errors, 2);
  });

  it('knows nothing where score or decision is missing, and learns from rows with a label only', () => {
    const { p: _, ...input } = drawn((p) => p);
    input.score[0] = Number.NaN;
    input.decision[1] = 255;
    input.labels[2] = 255;
    const expected = expectedErrors(input)!;
    expect([expected[0], expected[1]]).toEqual([Number.NaN, Number.NaN]);
    expect(expected[2]).toBeGreaterThan(0);
    expect(expectedErrors({ ...input, labels: new Uint8Array(N).fill(255) })).toBeNull();
    expect(expectedErrors({ ...input, rows: new Uint32Array(0) })).toBeNull();
  });

  it('stays a probability for scores of exactly 0 and 1, and for one score for all', () => {
    const { p: _, ...input } = drawn((p) => Number(p >= 0.5));
    for (const score of [input.score, new Float64Array(N).fill(0.3), new Float64Array(N)]) {
      const expected = expectedErrors({ ...input, score })!;
      expect(expected.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });
});
