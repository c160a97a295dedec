import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { auditFairness } from '../../../models/fairness/audit-fairness.ts';
import { fromRows, type RowAudit } from '../../../models/fairness/audit-rows.ts';
import { mergeTallies } from '../../../models/fairness/merge-tallies.ts';
import { recount } from '../../../models/fairness/recount.ts';
import { countRows } from '../../../models/fairness/tally.ts';
import type { FairnessResult } from '../../../models/fairness/types.ts';
import type { Grouping } from '../../../models/table.ts';

const ROWS = 800;
const random = randomStream(31, 'kinds');
const grouping: Grouping = { attribute: 'g', levels: ['a', 'b', 'c'], codes: Int32Array.from({ length: ROWS }, () => random.integer(3)) };
const labels = Uint8Array.from({ length: ROWS }, () => Number(random.uniform() < 0.4));
const scores = Float64Array.from(labels, (label) => Math.min(1, Math.max(0, 0.3 + 0.3 * label + 0.2 * random.normal())));
const decision = Uint8Array.from(scores, (score) => Number(score > 0.5));
const base: RowAudit = { groupings: [grouping], labels, scores, decisions: { source: 'score', description: 's', decision } };

/** Numbers that JSON cannot hold, and nulls that nobody explains. */
function unsound(value: unknown, path = '', owner: Readonly<Record<string, unknown>> = {}): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path} is ${value}`];
  if (value === null && /\.(value|interval)$/.test(path) && !owner['note'] && !/^\.(findings|calibration)/.test(path)) return [`${path} is null without a note`];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, each]) => unsound(each, `${path}.${key}`, value as Record<string, unknown>));
}

const infinite = (result: FairnessResult): FairnessResult => ({ ...result, disparities: result.disparities.filter(({ metric }) => metric !== 'differential_fairness') });

describe('bad input gives a finding or a reason, never NaN', () => {
  const all = (value: number): Uint8Array => new Uint8Array(ROWS).fill(value), inGroup = (group: number, value: number): Uint8Array => labels.map((label, row) => (grouping.codes[row] === group ? value : label));
  const users: Grouping = { attribute: 'user', levels: Array.from({ length: 100 }, (_, i) => `u${i}`), codes: Int32Array.from({ length: ROWS }, (_, row) => row % 100) };
  it.each<[string, Partial<RowAudit>]>([
    ['labels all unknown', { labels: all(255) }], ['labels all negative', { labels: all(0) }], ['labels all positive', { labels: all(1) }], ['a group with no positives', { labels: inGroup(1, 0) }],
    ['a group without labels', { labels: inGroup(2, 255) }], ['decisions all yes', { decisions: { source: 'score', description: 's', decision: all(1) } }],
    ['decisions all unknown', { decisions: { source: 'score', description: 's', decision: all(255) } }], ['scores all missing', { scores: new Float64Array(ROWS).fill(Number.NaN) }],
    ['scores all equal', { scores: new Float64Array(ROWS).fill(0.5) }], ['scores outside [0, 1]', { scores: scores.map((score) => 100 * score - 50), scoreRange: [-50, 50] }],
    ['a user id for an attribute', { groupings: [users] }], ['everything in one group', { groupings: [{ ...grouping, levels: ['a'], codes: new Int32Array(ROWS) }] }],
    ['a group of one row', { groupings: [{ ...grouping, codes: grouping.codes.map((_, row) => (row === 0 ? 1 : 0)) }] }],
    ['weights of which most are 0', { design: { weights: Float64Array.from({ length: ROWS }, (_, row) => Number(row % 40 === 0)), clusters: null } }],
    ['weights all 0', { design: { weights: new Float64Array(ROWS), clusters: null } }], ['a group of weight 0', { design: { weights: Float64Array.from(grouping.codes, (code) => Number(code > 0)), clusters: null } }],
    ['one cluster', { design: { weights: null, clusters: new Int32Array(ROWS) } }], ['fewer clusters than groups', { design: { weights: null, clusters: Int32Array.from({ length: ROWS }, (_, row) => row % 2) } }],
    ['clusters and weights', { design: { weights: Float64Array.from({ length: ROWS }, (_, row) => 1 + (row % 3)), clusters: Int32Array.from({ length: ROWS }, (_, row) => row % 30) } }],
    ['no label', { labels: null }], ['no decision', { decisions: null, scores: null }], ['three attributes crossed', { groupings: [grouping, { ...grouping, attribute: 'h' }, { ...grouping, attribute: 'i' }], intersections: 3 }],
  ])('%s', (_, change) => {
    const result = auditFairness(fromRows({ ...base, headline: ['demographic_parity_difference'], ...change }));
    expect(unsound(infinite(result)).slice(0, 10)).toEqual([]);
  });
});

describe('a quantity for a label', () => {
  const quantity = Float64Array.from({ length: ROWS }, () => 50 + 10 * random.normal()), predicted = quantity.map((y, row) => y + 3 * random.normal() + (grouping.codes[row] === 1 ? 2 : 0));
  const result = auditFairness(fromRows({ ...base, labels: null, decisions: null, scores: predicted, quantity, scoreRange: [0, 100],
    settings: { level: 0.95, tolerance: { default: 0.05, mean_error_difference: 0.5 }, ratio: 0.8, minimum: 30, seed: 0 }, headline: ['mean_error_difference'] }));
  const value = (metric: string, group: string): number => result.groups.find((row) => row.metric === metric && row.group === group)!.value!;

  it('has errors by group, as a loop computes them', () => {
    for (const [g, group] of grouping.levels.entries()) {
      const rows = [...quantity.keys()].filter((row) => grouping.codes[row] === g), mean = (of: (row: number) => number): number => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
      const average = mean((row) => quantity[row]!), error = (row: number): number => predicted[row]! - quantity[row]!;
      expect(value('mean_error', group)).toBeCloseTo(mean(error), 9);
      expect(value('mean_absolute_error', group)).toBeCloseTo(mean((row) => Math.abs(error(row))), 9);
      expect(value('root_mean_squared_error', group)).toBeCloseTo(Math.sqrt(mean((row) => error(row) ** 2)), 9);
      expect(value('r_squared', group)).toBeCloseTo(1 - mean((row) => error(row) ** 2) / mean((row) => (quantity[row]! - average) ** 2), 9);
    }
  });

  it('finds the group that is overestimated, and explains every null', () => {
    expect(result.disparities.find(({ metric }) => metric === 'mean_error_difference')).toMatchObject({ verdict: 'disparity', groups: ['b', expect.any(String)] });
    expect(result.verdict).toBe('findings');
    expect(unsound(result)).toEqual([]);
  });

  it('covers the true R² of a group', () => {
    const draw = randomStream(4, 'r2');
    let covered = 0;
    for (let t = 0; t < 100; t++) {
      const y = Float64Array.from({ length: 200 }, () => 10 * draw.normal()), p = y.map((each) => each + 5 * draw.normal());
      const [low, high] = auditFairness(fromRows({ groupings: [{ attribute: 'g', levels: ['a', 'b'], codes: Int32Array.from(y, (_, i) => i % 2) }], labels: null, decisions: null, scores: p, quantity: y, scoreRange: [-99, 99] }))
        .groups.find(({ metric }) => metric === 'r_squared')!.interval!;
      if (low <= 0.75 && 0.75 <= high) covered++;
    }
    expect(covered / 100).toBeGreaterThan(0.88);
  });
});

describe('a label of several classes', () => {
  it('has one-against-the-rest metrics of each class in a family of their own', () => {
    const answer = Int32Array.from({ length: ROWS }, () => random.integer(3)), guess = answer.map((each) => (random.uniform() < 0.7 ? each : random.integer(3)));
    const counted = countRows({ rows: ROWS, groupings: [grouping], labels, decisions: decision, weights: null, clusters: null }), { tally, cellOfPart } = mergeTallies([counted.tally]);
    const cellOfRow = counted.cellOfRow.map((cell) => cellOfPart[0]![cell]!);
    const classes = [0, 1, 2].map((c) => ({ name: `class ${c}`, hasDecision: true, tally: recount(tally, cellOfRow, { labels: Uint8Array.from(answer, (each) => Number(each === c)), decisions: Uint8Array.from(guess, (each) => Number(each === c)), design: null }) }));
    const result = auditFairness({ ...fromRows(base), classes });
    expect(result.classes!.map((each) => each.class)).toEqual(['class 0', 'class 1', 'class 2']);
    const rows = [...answer.keys()].filter((row) => grouping.codes[row] === 0 && answer[row] === 2);
    expect(result.classes![2]!.groups.find(({ metric, group }) => metric === 'true_positive_rate' && group === 'a')!.value).toBeCloseTo(rows.filter((row) => guess[row] === 2).length / rows.length, 12);
    expect(result.classes![0]!.disparities.filter(({ p }) => p !== null).every(({ family, q, p }) => family === 'classes' && q! >= p!)).toBe(true);
    expect(unsound(result.classes)).toEqual([]);
  });
});
