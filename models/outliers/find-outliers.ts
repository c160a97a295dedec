import type { Column, Grouping } from '../table.ts';
import { type Calibration, calibrateBlind } from './calibration.ts';
import type { CleanRows } from './clean-rows.ts';
import { type DetectorScores } from './combine.ts';
import { calibrateConformal } from './conformal.ts';
import { drivingNote } from './driving-columns.ts';
import { groupShares } from './group-shares.ts';
import { type Ranking, rankRows } from './rank-rows.ts';
import { explainRows, reasonOverlap } from './reasons.ts';
import { scoreHistogram } from './score-histogram.ts';
import { scoreRows } from './score-rows.ts';
import type { Detector, Matrix, OutlierSummary, RankedOutlier } from './types.ts';

export interface OutlierInput {
  /** [n, d] encoded features. */
  readonly x: Matrix;
  /** Positions of the features that are numbers. */
  readonly numbers?: readonly number[];
  readonly detectors: readonly Detector[];
  /** Scores that were computed elsewhere, averaged over seeds. */
  readonly given: readonly DetectorScores[];
  /** Encoded columns as they stand in the data, and their reconstruction costs [n, columns], one a seed. */
  readonly columns: readonly Column[];
  readonly costs: readonly Float32Array[];
  /** Where normal rows are known; null otherwise. */
  readonly clean: CleanRows | null;
  readonly groupings: readonly Grouping[];
  /** [n] for the table of the strangest rows. */
  readonly rowNumbers: Uint32Array;
  readonly ids: readonly string[];
  readonly fdr: number;
  readonly top: number;
  readonly seed: number;
  /** What the reader of the summary must know of the input. */
  readonly notes?: readonly string[];
  readonly report?: (fraction: number, detail: string) => void;
}

/** Position i of every array belongs to usable row i. */
export interface FoundOutliers {
  readonly score: Float64Array;
  /** 1 = strangest. */
  readonly rank: Uint32Array;
  /** NaN where there is none. */
  readonly pValue: Float64Array;
  readonly qValue: Float64Array;
  readonly flagged: Uint8Array;
  readonly summary: OutlierSummary;
}

const GROUP_LEVEL = 0.95;
/** Share of the stage's time that the detectors take. */
const SCORING = 0.9;

function strangest(input: OutlierInput, score: Float64Array, { rank, order }: Ranking, calibration: Calibration): RankedOutlier[] {
  const rows = [...order.subarray(0, input.top)], reasons = explainRows({ columns: input.columns, costs: input.costs, rows: input.x.rows }, rows);
  const value = (of: Float64Array, row: number): number | null => (Number.isNaN(of[row]) ? null : of[row]!);
  return rows.map((row, i) => ({
    row: input.rowNumbers[row]!, id: input.ids[row]!, rank: rank[row]!, score: score[row]!, pValue: value(calibration.pValue, row), qValue: value(calibration.qValue, row),
    flagged: calibration.flagged[row] === 1, reasons: reasons[i]!,
  }));
}

function overlapNote(input: OutlierInput, order: Uint32Array): string[] {
  const overlap = reasonOverlap({ columns: input.columns, costs: input.costs, rows: input.x.rows }, [...order.subarray(0, input.top)]);
  return overlap === null ? [] : [`Two training seeds share ${Math.round(100 * overlap)} % of the three columns that cost them most, on average over the rows with reasons.`];
}

/** Scores and ranks every row, calibrates the scores by the method that fits what is known, and explains the strangest rows. */
export function findOutliers(input: OutlierInput): FoundOutliers {
  const { x, clean, fdr, report } = input;
  const scoring = scoreRows({ ...input, fittedRows: clean?.fitted ?? null, report: (fraction, name) => report?.(SCORING * fraction, name) });
  const { score } = scoring, ranking = rankRows(score);
  report?.(SCORING, 'calibration');
  const calibration = clean === null ? calibrateBlind(score, fdr) : calibrateConformal(score, clean.clean, clean.tested, fdr);
  report?.(SCORING + 0.02, 'reasons');
  const summary: OutlierSummary = {
    detectors: scoring.detectors, method: calibration.method, calibrated: calibration.calibrated, nulls: calibration.nulls, fdr,
    flagged: calibration.flagged.reduce((sum, flag) => sum + flag, 0), smallestDetectable: calibration.smallestDetectable, ranked: x.rows,
    top: strangest(input, score, ranking, calibration), histogram: scoreHistogram(score), groups: groupShares(input.groupings, ranking.order, GROUP_LEVEL),
    notes: [...input.notes ?? [], ...scoring.notes, ...calibration.notes, ...drivingNote({ columns: input.columns, costs: input.costs, rows: x.rows }, ranking.order), ...overlapNote(input, ranking.order)],
  };
  return { score, rank: ranking.rank, pValue: calibration.pValue, qValue: calibration.qValue, flagged: calibration.flagged, summary };
}
