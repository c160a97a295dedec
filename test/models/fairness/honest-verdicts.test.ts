import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { assessGap } from '../../../models/fairness/assess.ts';
import { auditFairness } from '../../../models/fairness/audit-fairness.ts';
import { assignFamilies, auditVerdict, selectedIntervals } from '../../../models/fairness/families.ts';
import { linearisedFamily } from '../../../models/fairness/linearised.ts';
import { marginal } from '../../../models/fairness/marginal.ts';
import { drawRateMaxT } from '../../../models/fairness/max-t.ts';
import { differenceEnds } from '../../../models/fairness/rate-gap.ts';
import type { RateFamily } from '../../../models/fairness/rates.ts';
import { OUTCOMES, countRows, type Tally } from '../../../models/fairness/tally.ts';
import type { Disparity } from '../../../models/fairness/types.ts';
import { binomialSampler } from '../../../models/stats/binomial.ts';

const TOLERANCE = 0.05;

function verdicts(n: readonly number[], rates: readonly number[], trials: number, seed: number) {
  const samplers = n.map((size, i) => binomialSampler(size, rates[i]!)), gap = Math.max(...rates) - Math.min(...rates);
  const shares = { disparity: 0, parity: 0, covered: 0 };
  for (let t = 0; t < trials; t++) {
    const random = randomStream(seed, 'verdicts', t), family: RateFamily = { x: Float64Array.from(samplers, (sample) => sample(random)), n: Float64Array.from(n), groups: Int32Array.from(n.keys()) };
    const { interval, verdict } = assessGap({ ends: differenceEnds([family], TOLERANCE), null: drawRateMaxT(family, random, 300), level: 0.95, scale: 'difference', rows: 1, complete: true, tested: true });
    shares.disparity += Number(verdict === 'disparity') / trials;
    shares.parity += Number(verdict === 'parity') / trials;
    shares.covered += Number(interval[0] <= gap + 1e-9 && gap <= interval[1] + 1e-9) / trials;
  }
  return shares;
}

describe('at the boundary of the tolerance', () => {
  it.each([[[1000, 1000], [0.35, 0.3]], [[400, 2000, 2000, 2000], [0.25, 0.2, 0.2, 0.2]], [[300, 300, 300, 300, 300, 300, 300, 300], [0.55, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]]])('%j with rates %j', (n, rates) => {
    const { disparity, parity, covered } = verdicts(n, rates, 400, 1);
    expect(disparity).toBeLessThan(0.05);
    expect(parity).toBeLessThan(0.05);
    expect(covered).toBeGreaterThan(0.92);
  });

  it('rate .02, 30 rows against 5,000', () => {
    for (const rates of [[0.02, 0.02], [0.07, 0.02]]) {
      const { disparity, parity, covered } = verdicts([30, 5000], rates, 400, 2);
      expect(covered).toBeGreaterThan(0.92);
      expect([disparity < 0.05, parity < 0.05]).toEqual([true, true]);
    }
  });
});

/** One tally of two groups from their outcomes: [tn, fp, fn, tp] each. */
function tallyOf(groups: readonly (readonly [number, number, number, number])[]): Tally {
  const rows = new Float64Array(groups.length * OUTCOMES);
  groups.forEach(([tn, fp, fn, tp], g) => rows.set([tn, fp, 0, fn, tp], g * OUTCOMES));
  return { attributes: [{ name: 'g', levels: groups.map((_, g) => String(g)) }], places: Int32Array.from(groups.keys()), cells: groups.length, rows, weights: null, squares: null, units: null };
}

function audit(tally: Tally, tolerance = TOLERANCE) {
  return auditFairness({ tally, groupings: [{ attributes: [0], reference: null }], strata: [], hasLabel: true, decisions: { source: 'prediction', description: 'd' }, scored: null, features: null, rows: 1, population: 'p',
    headline: [], settings: { level: 0.95, tolerance: { default: tolerance }, ratio: 0.8, minimum: 30, seed: 0 }, notes: [] });
}

describe('a rarely selected group with a bad PPV', () => {
  it('is never left out: no parity because few of it are selected', () => {
    // 2,000 rows of group 2, of whom 12 are selected, 4 rightly; the others have a PPV of .9.
    const result = audit(tallyOf([[4000, 100, 600, 900], [4000, 110, 600, 990], [1500, 8, 488, 4]]));
    const row = result.disparities.find(({ metric }) => metric === 'positive_predictive_value_difference')!;
    expect(row).toMatchObject({ verdict: 'disparity', hidden: ['2'] });
    expect(row.value).toBeGreaterThan(0.4);
  });

  it('makes parity impossible when nobody of it is selected', () => {
    const result = audit(tallyOf([[4000, 100, 600, 900], [4000, 100, 600, 900], [1500, 0, 500, 0]]), 0.2);
    expect(result.disparities.find(({ metric }) => metric === 'positive_predictive_value_difference')!).toMatchObject({ verdict: 'undecided', note: expect.stringMatching(/^parity among 2 of 3 groups/) });
  });
});

describe('eight clusters', () => {
  it('hold their level with Student\'s t', () => {
    let covered = 0;
    const trials = 400, size = 40;
    for (let t = 0; t < trials; t++) {
      const random = randomStream(7, 'eight', t), clusters = Int32Array.from({ length: 8 * size * 2 }, (_, row) => Math.floor(row / (2 * size)));
      const shift = Float64Array.from({ length: 16 }, () => 0.5 * random.normal()), codes = clusters.map((_, row) => row % 2);
      const labels = Uint8Array.from(codes, (code, row) => Number(random.uniform() < 1 / (1 + Math.exp(-shift[2 * clusters[row]! + code]!))));
      const { tally } = countRows({ rows: codes.length, groupings: [{ attribute: 'g', levels: ['a', 'b'], codes }], labels, decisions: null, weights: null, clusters: { codes: clusters, names: Array.from({ length: 8 }, (_, c) => String(c)) } });
      const family = linearisedFamily('base_rate', tally, marginal(tally, [0]));
      const { interval } = assessGap({ ends: differenceEnds([family], TOLERANCE), null: drawRateMaxT(family, random, 400), level: 0.95, scale: 'difference', rows: 1, complete: true, tested: true });
      if (interval[0] <= 0) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.92);
  });
});

describe('many comparisons', () => {
  it('of 40 quantities at the boundary, findings appear in at most one audit of twenty', () => {
    const trials = 300, random = randomStream(9, 'forty'), sampler = [binomialSampler(1500, 0.3), binomialSampler(1500, 0.35)];
    let found = 0;
    for (let t = 0; t < trials; t++) {
      const rows = Array.from({ length: 40 }, (_, i) => {
        const family: RateFamily = { x: Float64Array.from(sampler, (sample) => sample(random)), n: Float64Array.of(1500, 1500), groups: Int32Array.of(0, 1) };
        const answer = assessGap({ ends: differenceEnds([family], TOLERANCE), null: drawRateMaxT(family, random, 100), level: 0.95, scale: 'difference', rows: 1, complete: true, tested: true });
        return { attribute: 'g', metric: `m${i}`, alias_of: null, q: null, family: 'descriptive', adjustment: 'none', ...answer } as unknown as Disparity;
      });
      if (auditVerdict(assignFamilies(rows, rows.map(({ metric }) => metric), new Set(['g'])), 0.95) === 'findings') found++;
    }
    expect(found / trials).toBeLessThanOrEqual(0.05);
  });

  it('what is selected gets a wider interval, at level 1 − R·α/m', () => {
    const row = (metric: string, p: number) => ({ attribute: 'g', metric, alias_of: null, p, verdict: p <= 0.05 ? 'disparity' : 'undecided' }) as unknown as Disparity;
    const asked: number[] = [], rows = assignFamilies([row('a', 1e-6), row('b', 0.5), row('c', 0.6), row('d', 0.7)], [], new Set());
    const done = selectedIntervals(rows, 0.95, (_, level) => { asked.push(level); return [0, level]; });
    expect(asked).toEqual([1 - 0.05 / 4]);
    expect(done.map(({ selected_interval }) => selected_interval === undefined)).toEqual([false, true, true, true]);
  });
});

describe('certificate', () => {
  it('of many headline gaps stays within its budget, and says what it simulated', () => {
    const groups = Array.from({ length: 12 }, (_, g) => [3000 + g, 300, 200, 700] as const);
    const tally = tallyOf(groups), begun = process.cpuUsage();
    const result = auditFairness({ tally, groupings: [{ attributes: [0], reference: null }], strata: [], hasLabel: true, decisions: { source: 'prediction', description: 'd' }, scored: null, features: null, rows: 1, population: 'p',
      headline: ['demographic_parity_difference', 'equalized_odds_difference', 'accuracy_difference', 'base_rate_difference', 'positive_predictive_value_difference'],
      settings: { level: 0.95, tolerance: { default: TOLERANCE }, ratio: 0.8, minimum: 30, seed: 0 }, notes: [] });
    const { user } = process.cpuUsage(begun), rows = result.certificate['disparities'] as readonly { readonly trials: number; readonly coverage: number }[];
    expect(rows).toHaveLength(5);
    for (const { trials, coverage } of rows) expect([trials >= 50, coverage > 0.88]).toEqual([true, true]);
    expect(user / 1e6).toBeLessThan(12);
  });
});
