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

function rowsOf(x: Matrix, rows: Uint32Array): Matrix {
  const d = x.columns, values = new Float32Array(rows.length * d);
  for (const [i, row] of rows.entries()) values.set(x.values.subarray(row * d, (row + 1) * d), i * d);
  return { values, rows: rows.length, columns: d };
}

/** Fits every detector, scores all rows and combines the scores. A detector's random stream depends on the seed and its name alone. */
export function scoreRows({ x: encoded, numbers = [], detectors, given, fittedRows, seed, report }: ScoreInput): Combination {
  const robust = robustFeatures(fittedRows === null ? encoded : rowsOf(encoded, fittedRows), numbers), x = robust(encoded), fitted = fittedRows === null ? x : rowsOf(x, fittedRows);
  const own = detectors.map((detector, k): DetectorScores => {
    const tell = (fraction: number): void => report?.((k + fraction) / detectors.length, detector.name);
    tell(0);
    return { name: detector.name, scores: detector.fit(fitted, randomStream(seed, `outliers/${detector.name}`)).score(x, tell) };
  });
  const scores = combine([...own, ...given], fittedRows);
  report?.(1, 'combined');
  return scores;
}
