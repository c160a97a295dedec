import { randomStream } from '../engine/random.ts';
import { combine, type Combination, type DetectorScores } from './combine.ts';
import { robustFeatures } from './robust-features.ts';
import type { Detector, Matrix } from './types.ts';

export interface ScoreInput {
  /** [n, d] encoded features. */
  readonly x: Matrix;
  /** Positions of the features that are numbers, which detectors read on a robust scale; none when absent. */
  readonly numbers?: readonly number[];
  readonly detectors: readonly Detector[];
  /** Scores computed elsewhere, one a row. */
  readonly given: readonly DetectorScores[];
  /** Rows that detectors are fitted to and ranks taken against; null for all. */
  readonly fittedRows: Uint32Array | null;
  readonly seed: number;
  /** Called often with the share of the work that is done; may throw to stop. */
  readonly report?: (fraction: number, detector: string) => void;
}

type Preparation = Pick<ScoreInput, 'x' | 'fittedRows' | 'numbers'>;

/** The features as detectors read them, of all rows and of those they are fitted to. */
function prepare({ x: encoded, numbers = [], fittedRows }: Preparation): { robust: (x: Matrix) => Matrix; x: Matrix; fitted: Matrix } {
  const robust = robustFeatures(fittedRows === null ? encoded : rowsOf(encoded, fittedRows), numbers), x = robust(encoded);
  return { robust, x, fitted: fittedRows === null ? x : rowsOf(x, fittedRows) };
}

/** One detector, fitted as `scoreRows` fits it. */
export interface FittedPortfolioDetector {
  /** Scores of the rows that were given. */
  readonly own: (report?: (fraction: number) => void) => Float64Array;
  /** Scores of other rows, [x.rows]. */
  readonly others: (x: Matrix) => Float64Array;
}

/**
 * Fits one detector of a portfolio; its random stream depends on the seed and its name alone.
 * scored: how many rows will be scored in all, when others than x's are.
 */
export function fitDetector(detector: Detector, { seed, scored, ...preparation }: Preparation & Pick<ScoreInput, 'seed'> & { readonly scored?: number }): FittedPortfolioDetector {
  const { robust, x, fitted } = prepare(preparation);
  const fit = detector.fit(fitted, randomStream(seed, `outliers/${detector.name}`), scored);
  return { own: (report) => fit.score(x, report), others: (rows) => fit.score(robust(rows)) };
}

function rowsOf(x: Matrix, rows: Uint32Array): Matrix {
  const d = x.columns, values = new Float32Array(rows.length * d);
  for (const [i, row] of rows.entries()) values.set(x.values.subarray(row * d, (row + 1) * d), i * d);
  return { values, rows: rows.length, columns: d };
}

/** Fits every detector, scores all rows and combines the scores. */
export function scoreRows({ detectors, given, fittedRows, seed, report, ...preparation }: ScoreInput): Combination {
  const { x, fitted } = prepare({ ...preparation, fittedRows });
  const own = detectors.map((detector, k): DetectorScores => {
    const tell = (fraction: number): void => report?.((k + fraction) / detectors.length, detector.name);
    tell(0);
    return { name: detector.name, scores: detector.fit(fitted, randomStream(seed, `outliers/${detector.name}`)).score(x, tell) };
  });
  const combination = combine([...own, ...given], fittedRows);
  report?.(1, 'combined');
  return combination;
}
