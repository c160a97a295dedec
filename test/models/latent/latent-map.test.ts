import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { MAP_POINTS, latentMap } from '../../../models/latent/latent-map.ts';
import type { Points } from '../../../models/latent/points.ts';
import type { Grouping } from '../../../models/table.ts';
import { normalPoints } from './planted-clusters.ts';

const input = (z: Points, groupings: readonly Grouping[] = []) => ({
  logDensity: Float64Array.from({ length: z.rows }, (_, row) => -row), rowNumbers: Uint32Array.from({ length: z.rows }, (_, row) => 10 * row),
  groupings, random: randomStream(0, 'map'),
});

/** Independent normals with standard deviations 3, 2 and 0.5, turned by 30° in the first two coordinates and moved. */
function turned(rows: number): { readonly z: Points; readonly truth: Float64Array } {
  const base = normalPoints(rows, 3, 1), [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)], values = new Float64Array(rows * 3);
  const truth = base.values.map((value, at) => value * [3, 2, 0.5][at % 3]!);
  for (let row = 0; row < rows; row++) {
    const [a, b, e] = truth.subarray(3 * row, 3 * row + 3);
    values.set([c * a! - s * b! + 40, s * a! + c * b! - 7, e!], 3 * row);
  }
  return { z: { values, rows, dimensions: 3 }, truth };
}

describe('latentMap', () => {
  it('puts rows on their first two principal axes', () => {
    const { z, truth } = turned(2000), { explained, points } = latentMap(z, input(z));
    expect(explained[0]).toBeCloseTo(9 / 13.25, 1);
    expect(explained[1]).toBeCloseTo(4 / 13.25, 1);
    expect(points).toHaveLength(2000);
    const error = points.reduce((sum, { x, y }, row) => sum + ((x - truth[3 * row]!) ** 2 + (y - truth[3 * row + 1]!) ** 2) / 2000, 0);
    expect(error).toBeLessThan(0.1);
  });

  it('keeps distances when all dimensions are shown', () => {
    const z = normalPoints(50, 2, 2), { points } = latentMap(z, input(z)), [a, b] = [points[0]!, points[31]!];
    expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeCloseTo(Math.hypot(z.values[0]! - z.values[62]!, z.values[1]! - z.values[63]!), 10);
  });

  it('samples at most 3,000 rows, names them by row number and group, and counts all of them', () => {
    const z = normalPoints(5000, 2, 3);
    const grouping = { attribute: '__proto__', levels: ['<b>', 'even'], codes: Int32Array.from({ length: 5000 }, (_, row) => (row + 1) % 2) };
    const { points, cells } = latentMap(z, input(z, [grouping]));
    expect(points).toHaveLength(MAP_POINTS);
    expect(new Set(points.map(({ row }) => row)).size).toBe(MAP_POINTS);
    for (const { row, logDensity, groups } of points.slice(0, 100)) {
      expect(logDensity).toBe(-row / 10);
      expect(Object.entries(groups)).toEqual([['__proto__', (row / 10) % 2 === 0 ? 'even' : '<b>']]);
    }
    expect(cells.counts.reduce((sum, count) => sum + count, 0)).toBe(5000);
    expect(cells.counts).toHaveLength(cells.columns * cells.rows);
  });

  it('takes one dimension, and none that varies', () => {
    const line = normalPoints(30, 1, 4), { explained, points } = latentMap(line, input(line));
    expect(explained[0]).toBeCloseTo(1, 12);
    expect(explained[1]).toBe(0);
    expect(points.every(({ y }) => y === 0)).toBe(true);
    const still = { values: new Float64Array(20).fill(3), rows: 10, dimensions: 2 }, map = latentMap(still, input(still));
    expect(map.explained).toEqual([0, 0]);
    expect(map.cells.counts.reduce((sum, count) => sum + count, 0)).toBe(10);
  });
});
