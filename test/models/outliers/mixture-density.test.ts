import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { mixtureDensity } from '../../../models/outliers/mixture-density.ts';
import { principalAxes, project } from '../../../models/outliers/principal-axes.ts';
import { auroc, gaussians, matrixOf } from './planted.ts';

describe('mixture density', () => {
  it('orders few rows as the distance of Mahalanobis does, with three tenths of the mean variance as ridge', () => {
    const random = randomStream(0, 'test'), x = matrixOf(Array.from({ length: 36 }, () => { const a = random.normal(); return [a, 0.5 * a + 0.3 * random.normal()]; }));
    const mean = [0, 0], s = [0, 0, 0];
    for (let i = 0; i < 72; i++) mean[i % 2]! += x.values[i]! / 36;
    for (let i = 0; i < 36; i++) {
      const a = x.values[2 * i]! - mean[0]!, b = x.values[2 * i + 1]! - mean[1]!;
      s[0]! += a * a / 36; s[1]! += a * b / 36; s[2]! += b * b / 36;
    }
    const ridge = 0.3 * (s[0]! + s[2]!) / 2, p = s[0]! + ridge, q = s[1]!, r = s[2]! + ridge;
    const squared = Array.from({ length: 36 }, (_, i) => {
      const a = x.values[2 * i]! - mean[0]!, b = x.values[2 * i + 1]! - mean[1]!;
      return (r * a * a - 2 * q * a * b + p * b * b) / (p * r - q * q);
    });
    const score = mixtureDensity.fit(x, randomStream(0, 'gmm')).score(x);
    for (let i = 1; i < 36; i++) expect(score[i]! - score[0]!).toBeCloseTo((squared[i]! - squared[0]!) / 2, 4);
  });

  it('finds a row between clusters, where no column is unusual', () => {
    const random = randomStream(1, 'test');
    const x = matrixOf([[0, 0], ...Array.from({ length: 800 }, (_, i) => [(i % 2 ? 3 : -3) + 0.4 * random.normal(), (i % 4 < 2 ? 3 : -3) + 0.4 * random.normal()])]);
    const score = mixtureDensity.fit(x, randomStream(0, 'gmm')).score(x);
    expect(score.indexOf(Math.max(...score))).toBe(0);
  });

  it('calls a tight far group strange, though a component could hold it', () => {
    const random = randomStream(4, 'test');
    const x = matrixOf(Array.from({ length: 1000 }, (_, i) => [(i < 30 ? 9 : 0) + (i < 30 ? 0.05 : 1) * random.normal(), (i < 30 ? 9 : 0) + (i < 30 ? 0.05 : 1) * random.normal()]));
    const planted = Uint8Array.from({ length: 1000 }, (_, i) => Number(i < 30));
    expect(auroc(mixtureDensity.fit(x, randomStream(0, 'gmm')).score(x), planted)).toBeGreaterThan(0.99);
  });

  it('sees wide tables through their leading axes', () => {
    const x = gaussians(500, 60, 5, 2, 2), planted = Uint8Array.from({ length: 500 }, (_, i) => Number(i < 5));
    expect(auroc(mixtureDensity.fit(x, randomStream(0, 'gmm')).score(x), planted)).toBeGreaterThan(0.95);
  });
});

it('principal axes are orthonormal and span the directions of most variance', () => {
  const random = randomStream(3, 'test'), n = 400, d = 6, spread = [0.1, 5, 0.1, 0.1, 4, 0.1];
  const x = matrixOf(Array.from({ length: n }, () => spread.map((s, j) => s * random.normal() + j))), rows = Uint32Array.from({ length: n }, (_, i) => i);
  const { vectors, mean } = principalAxes(x, rows, 2, randomStream(0, 'axes'));
  for (const [a, b] of [[0, 0], [0, 1], [1, 1]] as const) {
    let dot = 0;
    for (let j = 0; j < d; j++) dot += vectors[a * d + j]! * vectors[b * d + j]!;
    expect(dot).toBeCloseTo(a === b ? 1 : 0, 10);
  }
  for (const axis of [1, 4]) expect(vectors[axis]! ** 2 + vectors[d + axis]! ** 2).toBeGreaterThan(0.99);
  const centred = project(matrixOf([[...mean]]), { vectors, mean, count: 2 }, 0, 1);
  expect(Math.hypot(...centred)).toBeLessThan(1e-5);
});
