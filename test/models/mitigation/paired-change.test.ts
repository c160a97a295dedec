import { describe, expect, it } from 'vitest';
import { randomStream, type RandomStream } from '../../../models/engine/random.ts';
import { pairedChange, type PairedChange } from '../../../models/mitigation/paired-change.ts';
import { pairedFamily } from '../../../models/mitigation/paired-family.ts';
import type { Quantity } from '../../../models/mitigation/types.ts';

interface Population {
  /** Rows of each group. */
  readonly sizes: readonly number[];
  /** P(favoured) before and after, by group and label. */
  readonly before: (group: number, label: number) => number;
  readonly after: (group: number, label: number) => number;
  readonly base: number;
}

/** One sample; before and after are decided by the same uniform draw, as two classifiers that mostly agree do. */
function sample({ sizes, before, after, base }: Population, random: RandomStream) {
  const codes = Int32Array.from(sizes.flatMap((size, group) => Array.from({ length: size }, () => group))), n = codes.length;
  const labels = new Uint8Array(n), was = new Uint8Array(n), is = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    labels[i] = Number(random.uniform() < base);
    const u = random.uniform();
    was[i] = Number(u < before(codes[i]!, labels[i]!));
    is[i] = Number(u < after(codes[i]!, labels[i]!));
  }
  return { grouping: { attribute: 'a', levels: sizes.map(String), codes }, labels, before: was, after: is, rows: Uint32Array.from(codes.keys()) };
}

function changeOf(quantity: Quantity, population: Population, random: RandomStream, clusters: Int32Array | null = null): PairedChange {
  return pairedChange(pairedFamily(quantity, sample(population, random)), { level: 0.95, minimum: 1, random, design: clusters === null ? null : { weights: null, clusters } });
}

/** Share of samples whose interval covers the true change. */
function coverage(quantity: Quantity, population: Population, truth: number, trials: number): number {
  const random = randomStream(3, `coverage/${quantity}`);
  let held = 0;
  for (let trial = 0; trial < trials; trial++) {
    const [low, high] = changeOf(quantity, population, random).interval!;
    held += Number(low <= truth && truth <= high);
  }
  return held / trials;
}

const TRIALS = 300;
/** Three standard errors of 300 trials below .95. */
const FLOOR = 0.912;

describe('the interval of a change', () => {
  it.each([
    ['two groups at parity throughout', [60, 300], () => 0.3, () => 0.3, 0],
    ['a gap that is closed', [150, 400], (group: number) => (group === 0 ? 0.2 : 0.5), () => 0.4, -0.3],
    ['a gap that turns round', [200, 400], (group: number) => (group === 0 ? 0.2 : 0.5), (group: number) => (group === 0 ? 0.5 : 0.2), 0],
    ['five groups at parity, some small', [30, 40, 80, 300, 900], () => 0.15, () => 0.2, 0],
    ['five groups of one gap', [30, 40, 80, 300, 900], (group: number) => 0.1 + 0.1 * group, (group: number) => 0.2 + 0.05 * group, -0.2],
  ] as const)('covers %s', (_, sizes, before, after, truth) => {
    expect(coverage('demographic_parity_difference', { sizes, before, after, base: 0.5 }, truth, TRIALS)).toBeGreaterThanOrEqual(FLOOR);
  });

  it('covers equalized odds, where the worse of two rates counts, and the worst group’s accuracy', () => {
    const population = { sizes: [80, 200, 500], base: 0.4, before: (g: number, y: number) => (y === 1 ? 0.6 + 0.1 * g : 0.1 + 0.05 * g), after: (g: number, y: number) => (y === 1 ? 0.7 : 0.1 + 0.1 * g) };
    expect(coverage('equalized_odds_difference', population, 0.2 - 0.2, TRIALS)).toBeGreaterThanOrEqual(FLOOR);
    const accuracy = (rate: (g: number, y: number) => number, g: number): number => 0.4 * rate(g, 1) + 0.6 * (1 - rate(g, 0));
    const worst = (rate: (g: number, y: number) => number): number => Math.min(...[0, 1, 2].map((g) => accuracy(rate, g)));
    expect(coverage('worst_group_accuracy', population, worst(population.after) - worst(population.before), TRIALS)).toBeGreaterThanOrEqual(FLOOR);
  });

  it('is Agresti and Min’s for accuracy, one paired proportion', () => {
    const n = 50, labels = new Uint8Array(n), before = Uint8Array.from({ length: n }, (_, i) => Number(i < 12)), after = Uint8Array.from({ length: n }, (_, i) => Number(i >= 9 && i < 14));
    const family = pairedFamily('accuracy', { grouping: { attribute: 'a', levels: ['x'], codes: new Int32Array(n) }, labels, before, after, rows: Uint32Array.from(labels.keys()) });
    const made = pairedChange(family, { level: 0.95, minimum: 1, design: null, random: randomStream(0, 'x') });
    // 9 rows become right, 2 become wrong: half a row more in each cell.
    const b = 9.5, c = 2.5, size = n + 2, centre = (b - c) / size, half = (1.959963985 * Math.sqrt(b + c - (b - c) ** 2 / size)) / size;
    expect([made.before, made.after]).toEqual([1 - 12 / n, 1 - 5 / n]);
    expect(made.interval![0]).toBeCloseTo(centre - half, 9);
    expect(made.interval![1]).toBeCloseTo(centre + half, 9);
  });

  it('finds a gap that is clearly closed, and nothing where every decision stays', () => {
    const random = randomStream(1, 'clear');
    const closed = changeOf('demographic_parity_difference', { sizes: [800, 3000], before: (g) => 0.2 + 0.2 * g, after: () => 0.3, base: 0.3 }, random);
    expect(closed.interval![1]).toBeLessThan(-0.1);
    const same = changeOf('demographic_parity_difference', { sizes: [800, 3000], before: (g) => 0.2 + 0.2 * g, after: (g) => 0.2 + 0.2 * g, base: 0.3 }, random);
    expect(same.change).toBe(0);
    expect(same.interval![0]).toBeLessThanOrEqual(0);
    expect(same.interval![1]).toBeGreaterThanOrEqual(0);
    expect(same.interval![1] - same.interval![0]).toBeLessThan(0.02);
  });

  it('is wider when rows come in clusters, the same with a cluster a row, and missing with too few clusters', () => {
    const population = { sizes: [400, 400], before: (g: number) => 0.2 + 0.2 * g, after: () => 0.3, base: 0.5 };
    const width = (clusters: Int32Array | null, copies = 1): number => {
      const one = sample(population, randomStream(5, 'clusters')), repeat = <T extends Int32Array | Uint8Array>(values: T): T => values.map((_, i) => values[i - (i % copies)]!) as T;
      const data = { ...one, labels: repeat(one.labels), before: repeat(one.before), after: repeat(one.after), grouping: { ...one.grouping, codes: repeat(one.grouping.codes) } };
      const { interval } = pairedChange(pairedFamily('demographic_parity_difference', data), { level: 0.95, minimum: 1, random: randomStream(0, 'y'), design: clusters === null ? null : { weights: null, clusters } });
      return interval![1] - interval![0];
    };
    const own = Int32Array.from({ length: 800 }, (_, i) => i);
    expect(width(own) / width(null)).toBeCloseTo(1, 1);
    expect(width(own.map((i) => Math.floor(i / 4)), 4)).toBeGreaterThan(1.6 * width(own, 4));
    const few = changeOf('accuracy', population, randomStream(5, 'few'), own.map((i) => i % 5));
    expect([few.interval, few.note]).toEqual([null, expect.stringContaining('fewer than 8')]);
  });

  it('hides values of small groups and keeps them in the interval', () => {
    const data = sample({ sizes: [5, 2000, 2000], before: (g) => (g === 0 ? 1 : 0.3), after: () => 0.3, base: 0.5 }, randomStream(2, 'small'));
    const family = pairedFamily('demographic_parity_difference', data), made = pairedChange(family, { level: 0.95, minimum: 30, design: null, random: randomStream(0, 'z') });
    expect(made.before).toBeLessThan(0.1);
    expect(made.interval![1] - made.interval![0]).toBeGreaterThan(0.3);
  });
});
