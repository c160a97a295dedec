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
  readonly scored?: number;
  /** Called often with the share of the work that is done; may throw to stop. */
  readonly report?: (fraction: number, detector: string) => void;
}

type Preparation = Pick<ScoreInput, 'x' | 'fittedRows' | 'numbers'>;

/** The features as detectors read them, of all rows and of those they are fitted to. */
function prepare({ x: encoded, numbers = [], fittedRows }: Preparation): { robust: (x: Matrix) => Matrix; x: Matrix; fitted: Matrix } {
  const robust = robustFeatures(fittedRows === null ? encoded : rowsOf(encoded, fittedRows), numbers), x = robust(encoded);
  return { robust, x, fitted: fittedRows === null ? x : rowsOf(x, fittedRows) };
}

/** All rows' scores by one detector: what `scoreRows` would give to it. */
export function detectorScores(detector: Detector, { seed, report, ...preparation }: Preparation & Pick<ScoreInput, 'seed'> & { readonly report?: (fraction: number) => void }): Float64Array {
  const { x, fitted } = prepare(preparation);
  return detector.fit(fitted, randomStream(seed, `outliers/${detector.name}`)).score(x, report);
}

function rowsOf(x: Matrix, rows: Uint32Array): Matrix {
  const d = x.columns, values = new Float32Array(rows.length * d);
  for (const [i, row] of rows.entries()) values.set(x.values.subarray(row * d, (row + 1) * d), i * d);
  return { values, rows: rows.length, columns: d };
}

/** Scores of the rows that were given, and what scores others. */
export interface Portfolio extends Combination {
  /** Scores other rows, [x.rows]. given: their scores by the detectors whose scores are computed elsewhere. */
  readonly scoreRows: (x: Matrix, given: readonly DetectorScores[]) => Float64Array;
}

/**
 * Fits every detector, scores all rows and combines the scores. A detector's random stream depends on the seed and its name alone.
 * scored: how many rows will be scored in all, when others than x's are.
 */
export function scoreRows({ detectors, given, fittedRows, seed, report, scored, ...preparation }: ScoreInput): Portfolio {
  const { robust, x, fitted } = prepare({ ...preparation, fittedRows });
  const fits = detectors.map((detector, k) => {
    const tell = (fraction: number): void => report?.((k + fraction) / detectors.length, detector.name);
    tell(0);
    const fit = detector.fit(fitted, randomStream(seed, `outliers/${detector.name}`), scored);
    return { name: detector.name, fit, scores: fit.score(x, tell) };
  });
  const combination = combine([...fits.map(({ name, scores }): DetectorScores => ({ name, scores })), ...given], fittedRows);
  report?.(1, 'combined');
  return {
    ...combination,
    scoreRows: (others, othersGiven) => {
      const rows = robust(others);
      return combination.scoreOf([...fits.map(({ name, fit }) => ({ name, scores: fit.score(rows) })), ...othersGiven]);
    },
  };
}
