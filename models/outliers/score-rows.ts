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
export function scoreRows({ x: encoded, numbers = [], detectors, given, fittedRows, seed, report, scored }: ScoreInput): Portfolio {
  const robust = robustFeatures(fittedRows === null ? encoded : rowsOf(encoded, fittedRows), numbers), x = robust(encoded), fitted = fittedRows === null ? x : rowsOf(x, fittedRows);
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
