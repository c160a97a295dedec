import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { applyRule, groupBy, groupingRule } from '../../../models/fairness/groups.ts';
import { marginal } from '../../../models/fairness/marginal.ts';
import { mergeTallies } from '../../../models/fairness/merge-tallies.ts';
import { countRows, OUTCOMES, type RowsToCount } from '../../../models/fairness/tally.ts';
import type { Column, Grouping } from '../../../models/table.ts';

const ROWS = 900;

function makeRows(): RowsToCount & { readonly columns: readonly Column[] } {
  const random = randomStream(4, 'tally');
  const columns: Column[] = [
    { kind: 'category', name: 'a', levels: ['x', 'y'], codes: Int32Array.from({ length: ROWS }, () => random.integer(3) - 1) },
    { kind: 'number', name: 'b', values: Float64Array.from({ length: ROWS }, () => (random.uniform() < 0.05 ? Number.NaN : 100 * random.uniform())) },
    { kind: 'category', name: 'c', levels: ['p', 'q*', 'r'], codes: Int32Array.from({ length: ROWS }, () => random.integer(3)) },
  ];
  const mark = (): number => [0, 1, 255][random.integer(3)]!;
  return { rows: ROWS, columns, groupings: columns.map((column) => groupBy(column)), labels: Uint8Array.from({ length: ROWS }, mark), decisions: Uint8Array.from({ length: ROWS }, mark),
    weights: Float64Array.from({ length: ROWS }, () => random.integer(4)), clusters: { codes: Int32Array.from({ length: ROWS }, () => random.integer(40)), names: Array.from({ length: 40 }, (_, c) => `c${c}`) } };
}

const rows = makeRows();

function slice(column: Column, from: number, to: number): Column {
  return column.kind === 'number' ? { ...column, values: column.values.slice(from, to) } : { ...column, codes: column.codes.slice(from, to) };
}

function inParts(edges: readonly number[]) {
  const rules = rows.columns.map((column) => groupingRule(column));
  return mergeTallies(edges.slice(1).map((to, i) => {
    const from = edges[i]!;
    return countRows({ rows: to - from, groupings: rows.columns.map((column, a) => applyRule(slice(column, from, to), rules[a]!)), labels: rows.labels!.subarray(from, to),
      decisions: rows.decisions!.subarray(from, to), weights: rows.weights!.subarray(from, to), clusters: { codes: rows.clusters!.codes.subarray(from, to), names: rows.clusters!.names } }).tally;
  })).tally;
}

describe('tally', () => {
  it('is the same however the rows are cut into parts', () => {
    const whole = inParts([0, ROWS]);
    expect(inParts([0, 100, 101, 640, ROWS])).toEqual(whole);
    expect(inParts([0, 450, ROWS])).toEqual(whole);
  });

  it('counts what a loop over the rows counts, for every intersection', () => {
    const tally = inParts([0, 300, ROWS]), { groupings } = rows;
    for (const attributes of [[0], [1], [2], [0, 1], [1, 2], [0, 1, 2]]) {
      const { counts, levels } = marginal(tally, attributes), expected = new Map<string, { rows: number; weight: number }>();
      for (let row = 0; row < ROWS; row++) {
        if (rows.weights![row] === 0) continue;
        const group = attributes.map((a) => groupings[a]!.levels[groupings[a]!.codes[row]!]!).map((name) => (attributes.length === 1 ? name : name.replaceAll('*', '\\*'))).join('*');
        const outcome = 3 * Math.min(2, rows.labels![row]!) + Math.min(2, rows.decisions![row]!), key = JSON.stringify([group, outcome]);
        const known = expected.get(key) ?? { rows: 0, weight: 0 };
        expected.set(key, { rows: known.rows + 1, weight: known.weight + rows.weights![row]! });
      }
      for (const [g, group] of levels.entries()) {
        for (let outcome = 0; outcome < OUTCOMES; outcome++) {
          const want = expected.get(JSON.stringify([group, outcome])) ?? { rows: 0, weight: 0 };
          expect([counts.rows[g * OUTCOMES + outcome], counts.cells[g * OUTCOMES + outcome]]).toEqual([want.rows, want.weight]);
        }
      }
    }
  });

  it('gives missing values a group of their own and bins numbers', () => {
    expect(marginal(inParts([0, ROWS]), [0]).levels).toEqual(['x', 'y', '(missing)']);
    const binned = marginal(inParts([0, 50, ROWS]), [1]).levels;
    expect(binned).toHaveLength(5);
    expect(binned).toEqual(groupBy(rows.columns[1]!).levels);
  });

  it('keeps each cluster\'s weight, and refuses other attributes', () => {
    const { units } = inParts([0, 13, ROWS]);
    const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
    expect(sum(units!.weight)).toBe(sum(rows.weights!));
    expect(sum(units!.rows)).toBe([...rows.weights!].filter((weight) => weight > 0).length);
    const other: Grouping = { attribute: 'z', levels: ['1'], codes: new Int32Array(ROWS) };
    expect(() => mergeTallies([inParts([0, ROWS]), countRows({ ...rows, groupings: [other] }).tally])).toThrow(/do not add up/);
  });
});
