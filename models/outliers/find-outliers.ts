import type { Column, Grouping } from '../table.ts';
import { type Calibration, calibrateBlind } from './calibration.ts';
import type { CleanRows } from './clean-rows.ts';
import type { Combination, DetectorScores } from './combine.ts';
import { calibrateConformal } from './conformal.ts';
import { drivingNote } from './driving-columns.ts';
import { groupShares } from './group-shares.ts';
import { type Ranking, rankRows } from './rank-rows.ts';
import { explainRows, type ReasonInput, reasonOverlap } from './reasons.ts';
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

/** Rows of which all columns are at hand, for reasons: all, or some with the strangest among them. */
export interface ExplainedRows extends ReasonInput {
  /** Their positions among all rows, ascending; null when all rows are here. */
  readonly positions: Uint32Array | null;
}

function placeOf({ positions }: ExplainedRows, row: number): number {
  if (positions === null) return row;
  const place = ascendingPlace(positions, row);
  if (positions[place] !== row) throw new RangeError(`row ${row} is not among those that can be explained`);
  return place;
}

function ascendingPlace(positions: Uint32Array, row: number): number {
  let low = 0, high = positions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positions[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Places of the explained rows, strangest first. */
function placesInOrder(explained: ExplainedRows, { rank, order }: Ranking): Uint32Array {
  const { positions } = explained;
  if (positions === null) return order;
  return Uint32Array.from(positions.keys()).sort((a, b) => rank[positions[a]!]! - rank[positions[b]!]!);
}

function strangest({ rowNumbers, idOf, explained, score, ranking: { rank, order }, calibration, top }: ScoredRows): RankedOutlier[] {
  const rows = [...order.subarray(0, top)], reasons = explainRows(explained, rows.map((row) => placeOf(explained, row)));
  const value = (of: Float64Array, row: number): number | null => (Number.isNaN(of[row]) ? null : of[row]!);
  return rows.map((row, i) => ({
    row: rowNumbers[row]!, id: idOf(row), rank: rank[row]!, score: score[row]!, pValue: value(calibration.pValue, row), qValue: value(calibration.qValue, row),
    flagged: calibration.flagged[row] === 1, reasons: reasons[i]!,
  }));
}

function overlapNote({ explained, ranking: { order }, top }: ScoredRows): string[] {
  const overlap = reasonOverlap(explained, [...order.subarray(0, top)].map((row) => placeOf(explained, row)));
  return overlap === null ? [] : [`Two training seeds share ${Math.round(100 * overlap)} % of the three columns that cost them most, on average over the rows with reasons.`];
}

/** Rows that have been scored, ranked and calibrated. */
export interface ScoredRows {
  readonly score: Float64Array;
  readonly ranking: Ranking;
  readonly calibration: Calibration;
  readonly combination: Pick<Combination, 'detectors' | 'notes'>;
  readonly explained: ExplainedRows;
  readonly groupings: readonly Grouping[];
  readonly rowNumbers: Uint32Array;
  readonly idOf: (row: number) => string;
  readonly fdr: number;
  readonly top: number;
  readonly notes?: readonly string[] | undefined;
}

export function summariseOutliers(scored: ScoredRows): OutlierSummary {
  const { score, ranking, calibration, combination, explained, fdr } = scored;
  return {
    detectors: combination.detectors, method: calibration.method, calibrated: calibration.calibrated, nulls: calibration.nulls, fdr,
    flagged: calibration.flagged.reduce((sum, flag) => sum + flag, 0), smallestDetectable: calibration.smallestDetectable, ranked: score.length,
    top: strangest(scored), histogram: scoreHistogram(score), groups: groupShares(scored.groupings, ranking.order, GROUP_LEVEL),
    notes: [...scored.notes ?? [], ...combination.notes, ...calibration.notes, ...drivingNote(explained, placesInOrder(explained, ranking)), ...overlapNote(scored)],
  };
}

export function calibrate(score: Float64Array, clean: CleanRows | null, fdr: number): Calibration {
  return clean === null ? calibrateBlind(score, fdr) : calibrateConformal(score, clean.clean, clean.tested, fdr);
}

/** Scores and ranks every row, calibrates the scores by the method that fits what is known, and explains the strangest rows. */
export function findOutliers(input: OutlierInput): FoundOutliers {
  const { clean, fdr, report, ids, columns, costs, x } = input;
  const scoring = scoreRows({ ...input, fittedRows: clean?.fitted ?? null, report: (fraction, name) => report?.(SCORING * fraction, name) });
  const { score } = scoring, ranking = rankRows(score);
  report?.(SCORING, 'calibration');
  const calibration = calibrate(score, clean, fdr);
  report?.(SCORING + 0.02, 'reasons');
  const summary = summariseOutliers({ ...input, score, ranking, calibration, combination: scoring, idOf: (row) => ids[row]!, explained: { columns, costs, rows: x.rows, positions: null } });
  return { score, rank: ranking.rank, pValue: calibration.pValue, qValue: calibration.qValue, flagged: calibration.flagged, summary };
}
