import { randomStream } from '../../models/engine/random.ts';
import { calibrateBlind, type Calibration } from '../../models/outliers/calibration.ts';
import { calibrateConformal } from '../../models/outliers/conformal.ts';
import { FEATURE_DETECTORS } from '../../models/outliers/detectors.ts';
import { rankRows } from '../../models/outliers/rank-rows.ts';
import { scoreRows } from '../../models/outliers/score-rows.ts';
import type { Detector, DetectorSummary, Matrix } from '../../models/outliers/types.ts';

export interface OutlierOptions {
  /**
   * Columns of x that are quantities: one value in more than half of the rows (a zero, mostly) puts them on a robust scale. By default
   * every column of more than two values; two are an indicator.
   */
  readonly numbers?: readonly number[];
  /** The portfolio of `FEATURE_DETECTORS` by default. */
  readonly detectors?: readonly Detector[];
  /**
   * Rows known to be normal. Detectors are fitted to a seeded half of them, and the other half calibrates: p-values are then conformal and
   * hold whatever the data; they go to the rows that are not named here. Without them an empirical null is fitted to the bulk of the scores.
   */
  readonly normal?: ArrayLike<number> | null;
  /** False discovery rate of the flags, 0.1. */
  readonly fdr?: number;
  /** 0 by default. */
  readonly seed?: number;
  readonly onProgress?: (fraction: number, detector: string) => void;
}

/** Position i of every array belongs to row i of x. */
export interface RankedRows extends Calibration {
  /** Weighted mean of the detectors' surprises, in nats; higher is stranger. */
  readonly score: Float64Array;
  /** 1 = strangest; ties by lower row. */
  readonly rank: Uint32Array;
  readonly detectors: readonly DetectorSummary[];
}

interface Halves { readonly fitted: Uint32Array; readonly clean: Uint32Array; readonly tested: Uint32Array }

function halvesOf(normal: ArrayLike<number>, rows: number, seed: number): Halves {
  const known = new Set<number>(Array.from(normal));
  for (const row of known) if (!Number.isInteger(row) || row < 0 || row >= rows) throw new RangeError(`normal names row ${row}: expected 0 to ${rows - 1}`);
  const random = randomStream(seed, 'outliers/clean-rows'), fitted: number[] = [], clean: number[] = [];
  for (const row of Uint32Array.from(known).sort()) (random.uniform() < 0.5 ? clean : fitted).push(row);
  return { fitted: Uint32Array.from(fitted), clean: Uint32Array.from(clean),
    tested: Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => !known.has(row)) };
}

/** Positions of the columns with more than two values. */
function quantities({ values, rows, columns }: Matrix): readonly number[] {
  return Array.from({ length: columns }, (_, column) => column).filter((column) => {
    const first = values[column];
    let second: number | undefined;
    for (let row = 1; row < rows; row++) {
      const value = values[row * columns + column];
      if (value === first || value === second) continue;
      if (second !== undefined) return true;
      second = value;
    }
    return false;
  });
}

/**
 * Scores, ranks and, as far as can be said, flags the strange rows of a table of numbers: the outlier stage without the scores that need
 * a trained network. Features should be of like scale.
 * @param x [n, d] row-major, finite
 * @throws RangeError when the sizes of x do not fit, `normal` names a row or `numbers` a column that is not there
 */
export function rankOutliers(x: Matrix, options: OutlierOptions = {}): RankedRows {
  const { detectors = FEATURE_DETECTORS, normal = null, fdr = 0.1, seed = 0, onProgress } = options;
  if (x.values.length !== x.rows * x.columns) throw new RangeError(`x has ${x.values.length} values, not ${x.rows} rows × ${x.columns} columns`);
  const strange = x.values.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) throw new RangeError(`x is ${x.values[strange]} at row ${Math.floor(strange / x.columns)}, column ${strange % x.columns}: fill missing values first`);
  const numbers = options.numbers ?? quantities(x);
  for (const at of numbers) if (!Number.isInteger(at) || at < 0 || at >= x.columns) throw new RangeError(`numbers names column ${at}: expected 0 to ${x.columns - 1}`);
  const halves = normal === null ? null : halvesOf(normal, x.rows, seed);
  const combined = scoreRows({ x, numbers, detectors, given: [], fittedRows: halves?.fitted ?? null, seed, ...(onProgress === undefined ? {} : { report: onProgress }) });
  const calibration = halves === null ? calibrateBlind(combined.score, fdr) : calibrateConformal(combined.score, halves.clean, halves.tested, fdr);
  return { ...calibration, score: combined.score, rank: rankRows(combined.score).rank, detectors: combined.detectors, notes: [...combined.notes, ...calibration.notes] };
}
