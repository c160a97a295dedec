import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { ColumnCode } from '../../../models/encode/types.ts';
import { columnCosts } from '../../../models/networks/column-cost.ts';
import { columnCostTensors } from '../../../models/networks/column-cost-tensors.ts';
import { decodedMeans } from '../../../models/networks/decoded-means.ts';
import { klPerRow } from '../../../models/networks/kl-per-row.ts';
import { varianceOf } from '../../../models/networks/likelihood.ts';
import { randomStream } from '../../../models/engine/random.ts';
import type { RandomStream } from '../../../models/engine/random.ts';
import { ENCODER } from '../../activities/encoded-fixture.ts';
import { useBackend } from '../engine/fixture.ts';

const COLUMNS: readonly ColumnCode[] = [
  { kind: 'category', name: 'c', offset: 0, width: 3, levels: ['a', 'b', 'c'] },
  { kind: 'number', name: 'n', offset: 3, width: 2, missingIndicator: true, transform: { kind: 'standard', mean: 0, std: 1 }, fill: 0 },
];
const costs = (x: number[], output: number[], logScale = 0): number[] =>
  [...columnCosts(COLUMNS, { x: Float32Array.from(x), output: Float32Array.from(output), rows: x.length / 5, width: 5 }, new Float32Array(5).fill(logScale))];

describe('columnCosts', () => {
  it('is −ln of the probability of a category, and of density times indicator probability of a number', () => {
    const [category, number] = costs([0, 1, 0, 0.5, 1], [Math.log(1), Math.log(2), Math.log(5), 0.5, Math.log(3)]);
    expect(category).toBeCloseTo(-Math.log(2 / 8), 6);
    expect(number).toBeCloseTo(0.5 * Math.log(2 * Math.PI * 1.01) - Math.log(3 / 4), 6);
  });

  it('grows with the square of the distance in standard deviations', () => {
    const [, near] = costs([1, 0, 0, 0, 0], [0, 0, 0, 0, 0]), [, far] = costs([1, 0, 0, 3, 0], [0, 0, 0, 0, 0]);
    expect(far! - near!).toBeCloseTo(4.5 / varianceOf(0), 5);
  });

  it('is finite whatever the row and the logits', () => {
    const wild = costs([0, 0, 1, Number.POSITIVE_INFINITY, 1, 1, 0, 0, -3e38, 0], [800, -800, -800, 0, -800, 800, -800, 0, 0, 800], -20);
    expect(wild.every(Number.isFinite)).toBe(true);
    // Logits are cut at ± 60.
    expect(wild[0]).toBeCloseTo(120, 4);
    expect(wild[2]).toBeCloseTo(0, 6);
  });
});

/** 40 encoded rows: one level of each category, normal numbers of which some are far out, indicators. */
function rowsOf(columns: readonly ColumnCode[], width: number, random: RandomStream): Float32Array {
  const x = new Float32Array(40 * width);
  for (let start = 0; start < x.length; start += width) {
    for (const column of columns) {
      const at = start + column.offset;
      if (column.kind === 'category') x[at + random.integer(column.width)] = 1;
      else x[at] = random.normal() * (random.uniform() < 0.1 ? 1e8 : 1);
      if (column.kind === 'number' && column.missingIndicator) x[at + 1] = random.integer(2);
    }
  }
  return x;
}

describe('columnCostTensors', () => {
  it.each(['cpu', 'wasm'] as const)('gives the same costs on %s, also of wild rows and for every mixture of columns', async (backend) => {
    await useBackend(backend);
    const mixtures: [readonly ColumnCode[], number][] = [[COLUMNS, 5], [[COLUMNS[0]!], 3], [[{ ...COLUMNS[1]!, offset: 0, width: 1, missingIndicator: false } as ColumnCode], 1], [ENCODER.columns, 11]];
    for (const [columns, width] of mixtures) {
      const random = randomStream(3, 'costs', width), normals = (scale: number): Float32Array => Float32Array.from({ length: 40 * width }, () => scale * random.normal());
      const x = rowsOf(columns, width, random), output = normals(30), logScale = normals(0.3).slice(0, width);
      const expected = columnCosts(columns, { x, output, rows: 40, width }, logScale), found = tf.tidy(() =>
        columnCostTensors(columns, tf.tensor2d(x, [40, width]), tf.tensor2d(output, [40, width]), tf.tensor1d(logScale)).dataSync());
      found.forEach((cost, i) => expect(Math.abs(cost - expected[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected[i]!))));
    }
  });
});

describe('decodedMeans', () => {
  it('turns logits into probabilities that sum to one, leaves numbers, and does not touch its input', () => {
    const output = Float32Array.from([1, 2, 3, -0.7, 0, 900, -900, 0, 5, -900]), before = output.slice(), means = decodedMeans(COLUMNS, output, 5);
    expect(output).toEqual(before);
    expect(means[0]! + means[1]! + means[2]!).toBeCloseTo(1, 6);
    expect(means[2]! / means[1]!).toBeCloseTo(Math.E, 5);
    expect([means[3], means[4]]).toEqual([Math.fround(-0.7), 0.5]);
    expect([...means.subarray(5)]).toEqual([1, 0, 0, 5, 0]);
  });

  it('keeps the width of a real encoder', () => expect(decodedMeans(ENCODER.columns, new Float32Array(22), 11)).toHaveLength(22));
});

describe('klPerRow', () => {
  it('is 0 for the prior, and the closed form elsewhere', () => {
    const kl = klPerRow(Float32Array.of(0, 0, 1, -2), Float32Array.of(0, 0, Math.log(4), 0), 2);
    expect(kl[0]).toBe(0);
    expect(kl[1]).toBeCloseTo(0.5 * (1 + 4 - 1 - Math.log(4)) + 0.5 * 4, 5);
  });

  it('agrees with the integral of q ln(q / p)', () => {
    const mu = 0.7, sigma = 0.4, normal = (z: number, m: number, s: number): number => Math.exp(-0.5 * ((z - m) / s) ** 2) / (s * Math.sqrt(2 * Math.PI));
    let integral = 0;
    for (let z = mu - 10 * sigma; z < mu + 10 * sigma; z += 1e-3) integral += 1e-3 * normal(z, mu, sigma) * Math.log(normal(z, mu, sigma) / normal(z, 0, 1));
    expect(klPerRow(Float32Array.of(mu), Float32Array.of(2 * Math.log(sigma)), 1)[0]).toBeCloseTo(integral, 5);
  });
});
