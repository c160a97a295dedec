import { describe, expect, it } from 'vitest';
import { randomStream, type RandomStream } from '../../../models/engine/random.ts';
import { assessGap } from '../../../models/fairness/assess.ts';
import type { Design } from '../../../models/fairness/influence.ts';
import { linearisedFamily } from '../../../models/fairness/linearised.ts';
import { marginal } from '../../../models/fairness/marginal.ts';
import { drawRateMaxT } from '../../../models/fairness/max-t.ts';
import { differenceEnds } from '../../../models/fairness/rate-gap.ts';
import { rateFamily, type RateFamily } from '../../../models/fairness/rates.ts';
import { countRows } from '../../../models/fairness/tally.ts';
import type { Grouping } from '../../../models/table.ts';

interface Rows { readonly grouping: Grouping; readonly labels: Uint8Array; readonly clusters: Int32Array }

/** Rows of `count` clusters of `size`; a cluster shares a shift of its chances, groups cut through clusters. */
function clustered(random: RandomStream, count: number, size: number, spread: number): Rows {
  const rows = count * size, codes = new Int32Array(rows), labels = new Uint8Array(rows), clusters = new Int32Array(rows);
  for (let c = 0; c < count; c++) {
    const inA = spread * random.normal(), inB = spread * random.normal();
    for (let i = 0; i < size; i++) {
      const row = c * size + i;
      clusters[row] = c;
      codes[row] = random.integer(2);
      labels[row] = Number(random.uniform() < 1 / (1 + Math.exp(-(codes[row] === 0 ? inA : inB))));
    }
  }
  return { grouping: { attribute: 'g', levels: ['a', 'b'], codes }, labels, clusters };
}

function familyOf({ grouping, labels }: Rows, design: Design): RateFamily {
  const { tally } = countRows({ rows: labels.length, groupings: [grouping], labels, decisions: null, weights: design.weights,
    clusters: design.clusters === null ? null : { codes: design.clusters, names: Array.from(design.clusters, String) } });
  // Rows of a design that says nothing are weighted by 1, so that they are linearised all the same.
  const weighted = design.weights === null && design.clusters === null ? { ...tally, weights: tally.rows, squares: tally.rows } : tally;
  return linearisedFamily('base_rate', weighted, marginal(weighted, [0]));
}

function plainFamily({ grouping, labels }: Rows): RateFamily {
  const { tally } = countRows({ rows: labels.length, groupings: [grouping], labels, decisions: null, weights: null, clusters: null });
  return rateFamily('base_rate', marginal(tally, [0]).counts);
}

function assess(family: RateFamily, random: RandomStream) {
  return assessGap({ ends: differenceEnds([family], 0.05), null: drawRateMaxT(family, random, 400), level: 0.95, scale: 'difference', rows: 1, complete: true, tested: true });
}

describe('linearisedFamily', () => {
  const rows = clustered(randomStream(1, 'rows'), 100, 6, 0);

  it('is the plain family when every row is a cluster of its own', () => {
    const family = familyOf(rows, { weights: null, clusters: null }), plain = plainFamily(rows);
    family.n.forEach((n, i) => {
      expect(n / plain.n[i]!).toBeCloseTo(1, 2);
      expect(family.x[i]! / n).toBeCloseTo(plain.x[i]! / plain.n[i]!, 12);
    });
    expect(Math.abs(family.design!.correlation[1]!)).toBeLessThan(0.1);
  });

  it('counts copies of a row once', () => {
    const copies = 4, repeat = (values: Iterable<number>): number[] => [...values].flatMap((value) => new Array<number>(copies).fill(value));
    const copied: Rows = { grouping: { ...rows.grouping, codes: Int32Array.from(repeat(rows.grouping.codes)) }, labels: Uint8Array.from(repeat(rows.labels)), clusters: Int32Array.from(repeat(rows.labels.keys())) };
    const family = familyOf(copied, { weights: null, clusters: copied.clusters }), once = familyOf(rows, { weights: null, clusters: null });
    family.n.forEach((n, i) => expect(n).toBeCloseTo(once.n[i]!, 6));
    expect([...family.design!.rows]).toEqual([...once.design!.rows].map((n) => copies * n));
  });

  it('takes weights as rows that stand for more, and trusts them less', () => {
    const random = randomStream(2, 'weights'), weights = Float64Array.from(rows.labels, () => (random.uniform() < 0.3 ? 5 : 1));
    const family = familyOf(rows, { weights, clusters: null });
    for (const group of [0, 1]) {
      const mine = [...weights.keys()].filter((row) => rows.grouping.codes[row] === group);
      const sum = (value: (row: number) => number): number => mine.reduce((total, row) => total + value(row), 0);
      expect(family.x[group]! / family.n[group]!).toBeCloseTo(sum((row) => weights[row]! * rows.labels[row]!) / sum((row) => weights[row]!), 12);
      const kish = sum((row) => weights[row]!) ** 2 / sum((row) => weights[row]! ** 2);
      expect(family.n[group]! / kish).toBeCloseTo(1, 0);
    }
    const without = familyOf(rows, { weights: weights.map((weight, row) => (row < 50 ? 0 : weight)), clusters: null });
    expect(without.design!.rows.reduce((sum, n) => sum + n, 0)).toBe(rows.labels.length - 50);
    const scaled = familyOf(rows, { weights: weights.map((weight) => weight * 7), clusters: null });
    scaled.n.forEach((n, i) => expect(n).toBeCloseTo(family.n[i]!, 9));
  });

  it('covers the truth where rows of a cluster go together, as counting rows does not', () => {
    let covered = 0, naive = 0;
    for (let t = 0; t < 300; t++) {
      const random = randomStream(3, 'clusters', t), drawn = clustered(random, 20, 30, 1);
      if (assess(familyOf(drawn, { weights: null, clusters: drawn.clusters }), random).interval[0] <= 0) covered++;
      if (assess(plainFamily(drawn), random).interval[0] <= 0) naive++;
    }
    expect(covered / 300).toBeGreaterThan(0.9);
    expect(naive / 300).toBeLessThan(0.8);
  });

  it('gives no verdict from fewer than eight clusters', () => {
    const random = randomStream(5, 'few');
    const gap = (count: number) => {
      const drawn = clustered(random, count, 200, 0), labels = drawn.labels.map((_, row) => Number((row % 10) < (drawn.grouping.codes[row] === 0 ? 9 : 1)));
      return assess(familyOf({ ...drawn, labels }, { weights: null, clusters: drawn.clusters }), random).verdict;
    };
    expect([gap(7), gap(12)]).toEqual(['undecided', 'disparity']);
  });
});
