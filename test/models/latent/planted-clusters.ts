import { randomStream } from '../../../models/engine/random.ts';
import type { Points } from '../../../models/latent/points.ts';

export interface Planted {
  readonly z: Points;
  /** [n] the cluster that each row was drawn from. */
  readonly cluster: Int32Array;
}

export interface PlantedOptions {
  readonly rows: number;
  readonly dimensions: number;
  readonly shares: readonly number[];
  /** Of cluster k on dimension j; 0 beyond those given. */
  readonly centres: readonly (readonly number[])[];
  /** Standard deviation on the dimensions that centres name; the others are standard normal noise. */
  readonly spread: number;
  readonly seed: number;
}

/** Rows drawn independently from round normal clusters. */
export function plantedClusters({ rows, dimensions: d, shares, centres, spread, seed }: PlantedOptions): Planted {
  const random = randomStream(seed, 'planted'), values = new Float64Array(rows * d), cluster = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    let rest = random.uniform(), k = 0;
    while (k < shares.length - 1 && rest >= shares[k]!) rest -= shares[k++]!;
    cluster[row] = k;
    for (let j = 0; j < d; j++) {
      const centre = centres[k]![j];
      values[row * d + j] = (centre ?? 0) + (centre === undefined ? 1 : spread) * random.normal();
    }
  }
  return { z: { values, rows, dimensions: d }, cluster };
}

/** Four combinations of two binary attributes, one of them rare: its members are common on either attribute alone. */
export function plantedIntersection(rows: number, dimensions: number, seed: number): Planted {
  return plantedClusters({ rows, dimensions, seed, shares: [0.49, 0.29, 0.2, 0.02], centres: [[-2, -2], [-2, 2], [2, -2], [2, 2]], spread: 0.5 });
}

/** Rows of independent standard normals. */
export function normalPoints(rows: number, dimensions: number, seed: number): Points {
  const random = randomStream(seed, 'normal points');
  return { values: Float64Array.from({ length: rows * dimensions }, () => random.normal()), rows, dimensions };
}
