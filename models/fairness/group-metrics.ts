import { normalCritical } from '../stats/normal.ts';
import { wilson } from '../stats/wilson.ts';
import { aurocEstimates } from './auroc-by-group.ts';
import { noScore, reasonAgainst, type GroupingStudy } from './grouping-study.ts';
import { basicRate, complementFamily, DENOMINATORS, isComplement, rateEvents, rateNeeds, RATES, type Rate } from './rates.ts';
import type { ScoreInput, ScoreStudy } from './score-disparities.ts';
import type { MeanEstimate } from './score-metrics.ts';
import type { GroupMetric, Interval } from './types.ts';

interface GroupFacts {
  readonly metric: string;
  readonly denominator: number;
  readonly value: number;
  readonly interval: Interval | null;
  readonly of: string;
  readonly note?: string | null;
}

/** One group's metric; the point value is hidden under `minimum`, never the interval. */
function groupRow(study: GroupingStudy, group: number, { metric, denominator, value, interval, of, note }: GroupFacts): GroupMetric {
  const { minimum } = study.settings;
  const base = { attribute: study.attribute, group: study.levels[group]!, metric, n: study.sizes[group]!, denominator };
  if (denominator === 0) return { ...base, value: null, interval: null, note: `there are no ${of}` };
  if (denominator < minimum) return { ...base, value: null, interval, note: `value hidden: fewer than ${minimum} ${of}` };
  return { ...base, value, interval, note: note ?? null };
}

function missingRow(study: GroupingStudy, group: number, metric: string, note: string): GroupMetric {
  return { attribute: study.attribute, group: study.levels[group]!, metric, n: study.sizes[group]!, denominator: 0, value: null, interval: null, note };
}

function rateRow(study: GroupingStudy, group: number, rate: Rate): GroupMetric {
  const needs = rateNeeds(rate);
  if ((needs.label && !study.hasLabel) || (needs.decision && !study.hasDecision)) return missingRow(study, group, rate, reasonAgainst(study, needs));
  const { x, n } = rateEvents(rate, study.counts, group), { n: rows } = rateEvents(rate, { ...study.counts, cells: study.counts.rows }, group);
  return groupRow(study, group, { metric: rate, denominator: rows, value: x / n, of: DENOMINATORS[rate],
    interval: study.design === null ? wilson(x, n, study.settings.level) : effectiveInterval(study, group, rate) });
}

/** Wilson's interval of the effective counts; null where a single group has the rows. */
function effectiveInterval(study: GroupingStudy, group: number, rate: Rate): Interval | null {
  const family = study.rates[basicRate(rate)]?.family;
  const i = family === undefined ? -1 : family.groups.indexOf(group);
  if (family === undefined || i < 0) return null;
  const { x, n } = isComplement(rate) ? complementFamily(family) : family;
  return wilson(x[i]!, n[i]!, study.settings.level);
}

function meanRow(study: GroupingStudy, group: number, metric: string, { n, value, variance }: MeanEstimate, range: Interval, of: string): GroupMetric {
  const half = normalCritical(study.settings.level) * Math.sqrt(variance);
  return groupRow(study, group, { metric, denominator: n, value, interval: [Math.max(range[0], value - half), Math.min(range[1], value + half)], of });
}

function aurocRow(study: GroupingStudy, group: number, areas: NonNullable<ScoreStudy['areas']>): GroupMetric {
  const { positives, negatives, value } = areas[group]!;
  const metric = 'auroc', denominator = positives + negatives, of = 'rows with a score and a label';
  if (positives === 0 || negatives === 0) return { ...missingRow(study, group, metric, 'needs rows of both labels with a score'), denominator };
  const interval = aurocEstimates([areas[group]!]).limits(0, normalCritical(study.settings.level));
  return groupRow(study, group, { metric, denominator, value, interval, of });
}

function scoreRows(study: GroupingStudy, group: number, input: ScoreInput | null, scores: ScoreStudy | null): GroupMetric[] {
  const missing = (metric: string, note: string): GroupMetric => missingRow(study, group, metric, note);
  if (input === null || scores === null) {
    return ['mean_score', 'auroc', 'brier', 'expected_calibration_error'].map((metric) => missing(metric, noScore(study)));
  }
  const { mean_score, brier, expected_calibration_error: ece, calibration_in_the_large } = scores.metrics[group]!;
  const mean = meanRow(study, group, 'mean_score', mean_score, input.range, 'rows with a score');
  if (input.labels === null || scores.areas === null) {
    return [mean, ...['auroc', 'brier', 'expected_calibration_error'].map((metric) => missing(metric, 'needs a label, and the data has none'))];
  }
  const area = aurocRow(study, group, scores.areas);
  if (!input.probability) return [mean, area, ...['brier', 'expected_calibration_error'].map((metric) => missing(metric, 'scores lie outside [0, 1]'))];
  const of = 'rows with a score and a label';
  return [mean, area, meanRow(study, group, 'brier', brier, [0, 1], of),
    groupRow(study, group, { metric: 'expected_calibration_error', denominator: ece.n, value: ece.value, interval: null, of,
      note: `a perfectly calibrated score would show about ${ece.whenCalibrated.toPrecision(3)} here` }),
    meanRow(study, group, 'calibration_in_the_large', calibration_in_the_large, [-1, 1], of)];
}

/** Every metric of every group, Wilson's interval for rates. */
export function groupMetrics(study: GroupingStudy, input: ScoreInput | null, scores: ScoreStudy | null): GroupMetric[] {
  return study.levels.flatMap((_, group) => [...RATES.map((rate) => rateRow(study, group, rate)), ...scoreRows(study, group, input, scores)]);
}
