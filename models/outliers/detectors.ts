import { histogramScore } from './histogram-score.ts';
import { isolationForest } from './isolation-forest.ts';
import { mixtureDensity } from './mixture-density.ts';
import { nearestNeighbours } from './nearest-neighbours.ts';
import { rarePairs } from './rare-pairs.ts';
import type { Detector } from './types.ts';

/** Detectors that are fitted to the encoded features. */
export const FEATURE_DETECTORS: readonly Detector[] = [
  isolationForest,
  nearestNeighbours({ name: 'knn', neighbours: () => 10, reference: 2048 }),
  // Wide enough to look past a tight group of outliers, which vouch for each other in a small neighbourhood.
  nearestNeighbours({ name: 'knn_wide', neighbours: (m) => Math.ceil(0.05 * m), reference: 640 }),
  histogramScore,
  mixtureDensity,
  rarePairs,
];

/** Scores that the network's stages have computed for every row: reconstruction cost, −log latent density, KL(q(z|x) ‖ N(0, I)). */
export const LATENT_DETECTORS = ['reconstruction', 'latent', 'kl'] as const;

/** What `outliers.detectors` may name; `auto` is all of them. */
export const DETECTOR_NAMES: readonly string[] = [...FEATURE_DETECTORS.map((detector) => detector.name), ...LATENT_DETECTORS];
