import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { designGap } from '../../../models/nights/design-gap.ts';
import { rateGap } from '../../../models/nights/rate-gap.ts';

const all = (n: number): Uint32Array => Uint32Array.from({ length: n }, (_, i) => i);

describe('the gap of one night with weights and clusters', () => {
  it('has the error of the simulated estimate where rows of a firm are alike, which rows taken one by one understate', () => {
    const random = randomStream(3, 'clustered'), firms = 80, size = 12, n = firms * size, zs: number[] = [], plain: number[] = [];
    for (let draw = 0; draw < 400; draw++) {
      const outcomes = new Uint8Array(n), codes = new Uint8Array(n), clusters = Int32Array.from({ length: n }, (_, row) => Math.floor(row / size));
      for (let firm = 0; firm < firms; firm++) {
        const rate = random.uniform() < 0.5 ? 0.15 : 0.55, group = firm % 2;
        for (let row = firm * size; row < (firm + 1) * size; row++) { codes[row] = group; outcomes[row] = random.uniform() < rate ? 1 : 0; }
      }
      const made = designGap({ outcomes, codes, weights: null, clusters }, all(n), 0, 1)!, tally = (g: number) => ({ events: outcomes.reduce((sum, y, row) => sum + (codes[row] === g ? y : 0), 0), trials: n / 2 });
      zs.push(made.value / made.se);
      const naive = rateGap(tally(0), tally(1))!;
      plain.push(naive.value / naive.se);
    }
    const variance = (values: readonly number[]): number => values.reduce((sum, z) => sum + z * z, 0) / values.length;
    expect(variance(zs)).toBeGreaterThan(0.75);
    expect(variance(zs)).toBeLessThan(1.2);
    expect(variance(plain)).toBeGreaterThan(2);
  });

  it('is that of plain rows where weights are equal and clusters single, a little wider', () => {
    const outcomes = Uint8Array.from({ length: 400 }, (_, i) => (i % 7 === 0 ? 255 : i % 3 === 0 ? 1 : 0)), codes = outcomes.map((_, i) => (i < 150 ? 0 : 1)), tally = (g: number) => ({ events: outcomes.filter((y, i) => codes[i] === g && y === 1).length, trials: outcomes.filter((y, i) => codes[i] === g && y !== 255).length });
    const made = designGap({ outcomes, codes, weights: Float64Array.from(outcomes, () => 2.5), clusters: null }, all(400), 0, 1)!, plain = rateGap(tally(0), tally(1))!;
    expect(made.value).toBeCloseTo(plain.value, 12);
    expect(made.se / plain.se).toBeGreaterThanOrEqual(1);
    expect(made.se / plain.se).toBeLessThan(1.03);
  });

  it('counts rows by their weights, and says nothing of one cluster or a group without rows', () => {
    const outcomes = Uint8Array.of(1, 0, 1, 0), codes = Uint8Array.of(0, 0, 1, 1), weights = Float64Array.of(300, 100, 100, 100);
    expect(designGap({ outcomes, codes, weights, clusters: null }, all(4), 0, 1)!.value).toBeGreaterThan(0.05);
    expect(designGap({ outcomes, codes, weights: null, clusters: Int32Array.of(5, 5, 5, 5) }, all(4), 0, 1)).toBeNull();
    expect(designGap({ outcomes, codes, weights: null, clusters: null }, all(2), 0, 1)).toBeNull();
  });
});
