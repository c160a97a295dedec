import type { RandomStream } from '../engine/random.ts';

/** x: [n, d] row-major. A higher score is stranger. */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

export interface FittedDetector {
  /** One score per row of x. */
  score(x: Matrix, report?: (fraction: number) => void): Float64Array;
}

export interface Detector {
  readonly name: string;
  /** scored: how many rows will be scored; those of x when absent. */
  fit(x: Matrix, random: RandomStream, scored?: number): FittedDetector;
}

export interface DetectorSummary {
  readonly name: string;
  readonly weight: number;
  /** Spearman correlation with the combination of the others. */
  readonly agreement: number;
  readonly note: string | null;
}

export interface Reason {
  readonly column: string;
  readonly value: string;
  readonly typical: string;
  /** Share of the row's strangeness that this column explains, 0 to 1. */
  readonly contribution: number;
  readonly text: string;
}

export interface RankedOutlier {
  readonly row: number;
  readonly id: string;
  readonly rank: number;
  readonly score: number;
  readonly pValue: number | null;
  readonly qValue: number | null;
  readonly flagged: boolean;
  readonly reasons: readonly Reason[];
}

export interface OutlierSummary {
  readonly detectors: readonly DetectorSummary[];
  /** How p-values were made, and what may be said of them; `rank only` when they could not be. */
  readonly method: string;
  readonly calibrated: boolean;
  /** Estimates of the number of outliers under each null family that was fitted. */
  readonly nulls: readonly { readonly family: string; readonly flagged: number; readonly nullShare: number }[];
  readonly fdr: number;
  readonly flagged: number;
  readonly smallestDetectable: number | null;
  readonly ranked: number;
  readonly top: readonly RankedOutlier[];
  /** Score distribution over all ranked rows. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
  readonly groups: readonly { readonly attribute: string; readonly group: string; readonly n: number; readonly topShare: number; readonly share: number;
    readonly interval: readonly [number, number] }[];
  readonly notes: readonly string[];
}
