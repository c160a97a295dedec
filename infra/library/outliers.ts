/** `penumbra/outliers`: which rows are strange, and what may be said of it. Pure maths; loads no Temporal and no tensors. */
export { rankOutliers, type OutlierOptions, type RankedRows } from './rank-outliers.ts';
export { calibrateBlind, type Calibration } from '../../models/outliers/calibration.ts';
export { cleanRows, type CleanRows } from '../../models/outliers/clean-rows.ts';
export { combine, type Combination, type DetectorScores } from '../../models/outliers/combine.ts';
export { calibrateConformal, conformalPValues, smallestDetectable } from '../../models/outliers/conformal.ts';
export { DETECTOR_NAMES, FEATURE_DETECTORS } from '../../models/outliers/detectors.ts';
export { findOutliers, type FoundOutliers, type OutlierInput } from '../../models/outliers/find-outliers.ts';
export { histogramScore } from '../../models/outliers/histogram-score.ts';
export { isolationForest } from '../../models/outliers/isolation-forest.ts';
export { mixtureDensity } from '../../models/outliers/mixture-density.ts';
export { nearestNeighbours, type NeighbourOptions } from '../../models/outliers/nearest-neighbours.ts';
export { rarePairs } from '../../models/outliers/rare-pairs.ts';
export { explainRows, type ReasonInput } from '../../models/outliers/reasons.ts';
export { robustFeatures } from '../../models/outliers/robust-features.ts';
export type * from '../../models/outliers/types.ts';
