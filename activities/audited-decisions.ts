import { groupBy } from '../models/fairness/groups.ts';
import { markPositive } from '../models/encode/mark-positive.ts';
import type { Column } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import { DataError } from './data-error.ts';
import { columnOf, type Dataset } from './load-dataset.ts';

export interface AuditedDecisions {
  readonly source: 'prediction' | 'score';
  readonly description: string;
  readonly threshold: number | null;
  /** [n] NaN missing */
  readonly score: Float64Array | null;
  readonly scoreRange: readonly [number, number];
  /** [n] 1, 0, 255 missing */
  readonly decision: Uint8Array;
  readonly notes: readonly string[];
}

const DEFAULT_THRESHOLD = 0.5;
const MISSING = 255;
const YES = new Set(['1', 'true', 'yes', 'y', 't']);
const NO = new Set(['0', 'false', 'no', 'n', 'f']);

/** Values that occur, as text; at most `limit`. */
function values(column: Column, limit: number): string[] {
  const seen = column.kind === 'number' ? new Set(column.values.filter((value) => !Number.isNaN(value))) : new Set(groupBy(column).levels);
  return [...seen].slice(0, limit).map(String);
}

function short(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}

/** 1 where the column says yes: the label's positive value when it occurs there, else 1, true or yes. */
function readPredictions(column: Column, positive: string | null): Uint8Array {
  if (positive !== null) {
    const marks = markPositive(column, positive);
    if (marks.includes(1)) return marks;
  }
  if (values(column, 2).every((value) => value === '(missing)')) {
    throw new DataError('prediction-empty', `column ${short(column.name)} is the prediction, but every row's is missing; name another column in data.prediction, or leave it out`);
  }
  const found = values(column, 1000).filter((value) => value !== '(missing)');
  const strange = found.filter((value) => !YES.has(value.toLowerCase()) && !NO.has(value.toLowerCase()));
  if (strange.length > 0) {
    throw new DataError('prediction-values', `column ${short(column.name)} is the prediction, but its values ${found.slice(0, 5).map(short).join(', ')} are neither `
      + `the positive label${positive === null ? '' : ` ${short(positive)}`} nor 1/0, true/false, yes/no; name the column that holds the decisions, or data.positive`);
  }
  const yes = (text: string): number => (YES.has(text.toLowerCase()) ? 1 : 0);
  if (column.kind === 'number') return Uint8Array.from(column.values, (value) => (Number.isNaN(value) ? 255 : yes(String(value))));
  return Uint8Array.from(column.codes, (code) => (code < 0 ? 255 : yes(column.levels[code]!)));
}

function readScores(column: Column): Float64Array {
  if (column.kind === 'number') return column.values;
  throw new DataError('score-not-number', `column ${short(column.name)} is the score, but it holds text such as ${values(column, 1).map(short).join('')}; `
    + 'a score is a number: name another column as data.score, or this one as data.prediction');
}

interface Range { readonly range: readonly [number, number]; readonly notes: readonly string[] }

function scoreRange(score: Float64Array, dataset: Dataset, config: DataConfig): Range {
  let low = Infinity, high = -Infinity;
  for (const value of score) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) throw new DataError('score-empty', `column ${short(config.score!)} is the score, but every row's is missing`);
  if (config.scoreRange !== null) {
    const [from, to] = config.scoreRange;
    const outside = score.findIndex((value) => value < from || value > to);
    if (outside < 0) return { range: config.scoreRange, notes: [] };
    throw new DataError('score-range', `column ${short(config.score!)}: data row ${dataset.rowNumbers[outside]} has the score ${score[outside]}, outside data.scoreRange [${from}, ${to}]; widen the range or leave it out`);
  }
  if (low >= 0 && high <= 1) return { range: [0, 1], notes: [] };
  if (config.threshold === null && config.prediction === null) {
    throw new DataError('score-threshold', `scores in ${short(config.score!)} run from ${low} to ${high}, outside [0, 1], so no threshold can be assumed; set data.threshold, or name data.prediction`);
  }
  return { range: [low, high], notes: [`scores run from ${low} to ${high}: that range is taken for the score's, and Brier score and calibration error are left out`] };
}

/** Rates that are 0 or 1 everywhere look like a result; the reader is told that they are none. */
function sameForAll(decision: Uint8Array): readonly string[] {
  const first = decision.find((value) => value !== MISSING);
  if (decision.some((value) => value !== MISSING && value !== first)) return [];
  return [`every decision is ${first === 1 ? 'positive' : 'not positive'}: nobody is treated differently, and what would follow from errors cannot be told${first === 1 ? '' : '; check data.positive, data.prediction and data.threshold'}`];
}

/** What the audited model decided, when the data says; null otherwise. @throws DataError when the columns cannot be read as decisions */
export function auditedDecisions(dataset: Dataset, config: DataConfig): AuditedDecisions | null {
  if (config.prediction === null && config.score === null) return null;
  const score = config.score === null ? null : readScores(columnOf(dataset.table, config.score));
  const { range, notes }: Range = score === null ? { range: [0, 1], notes: [] } : scoreRange(score, dataset, config);
  if (config.prediction !== null) {
    const decision = readPredictions(columnOf(dataset.table, config.prediction), dataset.profile.label?.positive ?? config.positive);
    return { source: 'prediction', description: `the audited model's decisions, column ${config.prediction}`, threshold: null, score, scoreRange: range, decision, notes: [...notes, ...sameForAll(decision)] };
  }
  const threshold = config.threshold ?? DEFAULT_THRESHOLD;
  const decision = Uint8Array.from(score!, (value) => (Number.isNaN(value) ? 255 : Number(value >= threshold)));
  return { source: 'score', description: `the audited model's decisions: ${config.score} ≥ ${threshold}`, threshold, score, scoreRange: range, decision, notes: [...notes, ...sameForAll(decision)] };
}
