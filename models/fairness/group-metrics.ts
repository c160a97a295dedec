import { tCritical } from '../stats/student.ts';
import { shrinkTowardsPooled } from '../stats/shrink.ts';
import { wilson } from '../stats/wilson.ts';
import { aurocEstimates } from './auroc-by-group.ts';
import { NO_SCORE, reasonAgainst, type GroupingStudy } from './grouping-study.ts';
import { basicRate, complementFamily, DENOMINATORS, isComplement, rateEvents, rateNeeds, RATES, type Rate } from './rates.ts';
import type { ScoreInput, ScoreStudy } from './score-disparities.ts';
import { calibrationInterval } from './calibration.ts';
import type { GroupMeans } from './group-means.ts';
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
  if (denominator < minimum) return { ...base, value: null, interval, note: `value hidden: fewer than ${minimum} ${of}${interval === null && note ? `; ${note}` : ''}` };
  return { ...base, value, interval, note: note ?? null };
}

function missingRow(study: GroupingStudy, group: number, metric: string, note: string): GroupMetric {
  return { attribute: study.attribute, group: study.levels[group]!, metric, n: study.sizes[group]!, denominator: 0, value: null, interval: null, note };
}

function rateRow(study: GroupingStudy, group: number, rate: Rate): GroupMetric {
  const needs = rateNeeds(rate);
  if ((needs.label && !study.hasLabel) || (needs.decision && !study.hasDecision)) return missingRow(study, group, rate, reasonAgainst(study, needs));
  const { x, n } = rateEvents(rate, study.counts, group), { n: rows } = rateEvents(rate, { ...study.counts, cells: study.counts.rows }, group);
  const interval = study.designed ? effectiveInterval(study, group, rate) : wilson(x, n, study.settings.level);
  return groupRow(study, group, { metric: rate, denominator: rows, value: x / n, of: DENOMINATORS[rate], interval,
    note: interval === null ? 'no interval: no other group has such rows, so its effective number is not linearised' : null });
}

/** Wilson's interval of the effective counts; null where a single group has the rows. */
function effectiveInterval(study: GroupingStudy, group: number, rate: Rate): Interval | null {
  const family = study.rates[basicRate(rate)]?.family;
  const i = family === undefined ? -1 : family.groups.indexOf(group);
  if (family === undefined || i < 0) return null;
  const { x, n } = isComplement(rate) ? complementFamily(family) : family;
  return wilson(x[i]!, n[i]!, study.settings.level);
}

export function meanRow(study: GroupingStudy, group: number, metric: string, { n, value, variance, dependence }: GroupMeans, range: Interval, of: string): GroupMetric {
  const half = tCritical(study.settings.level, dependence?.degrees ?? null) * Math.sqrt(variance[group]!);
  return groupRow(study, group, { metric, denominator: n[group]!, value: value[group]!, interval: [Math.max(range[0], value[group]! - half), Math.min(range[1], value[group]! + half)], of });
}

function aurocRow(study: GroupingStudy, group: number, { areas, dependence }: NonNullable<ScoreStudy['labelled']>): GroupMetric {
  const { positives, negatives, value } = areas[group]!;
  const metric = 'auroc', denominator = positives + negatives, of = 'rows with a score and a label';
  if (positives === 0 || negatives === 0) return { ...missingRow(study, group, metric, 'needs rows of both labels with a score'), denominator };
  const interval = aurocEstimates([areas[group]!]).limits(0, tCritical(study.settings.level, dependence?.degrees ?? null));
  return groupRow(study, group, { metric, denominator, value, interval, of });
}

function scoreRows(study: GroupingStudy, group: number, input: ScoreInput | null, scores: ScoreStudy | null): GroupMetric[] {
  const missing = (metrics: readonly string[], note: string): GroupMetric[] => metrics.map((metric) => missingRow(study, group, metric, note));
  if (input === null || scores === null) return missing(['mean_score', 'auroc', 'brier', 'expected_calibration_error'], NO_SCORE);
  const mean = meanRow(study, group, 'mean_score', scores.mean_score, input.range, 'rows with a score'), { labelled } = scores;
  if (labelled === null) return [mean, ...missing(['auroc', 'brier', 'expected_calibration_error'], 'needs a label, and the data has none')];
  const area = aurocRow(study, group, labelled);
  if (labelled.probability === null) return [mean, area, ...missing(['brier', 'expected_calibration_error'], 'scores lie outside [0, 1]')];
  const of = 'rows with a score and a label', { brier, calibration_in_the_large, errors, noise } = labelled.probability, error = errors[group]!;
  return [mean, area, meanRow(study, group, 'brier', brier, [0, 1], of),
    groupRow(study, group, { metric: 'expected_calibration_error', denominator: error.n, value: error.value, of,
      interval: study.designed ? null : calibrationInterval(error, noise, study.settings.level),
      note: `a perfectly calibrated score would show about ${error.whenCalibrated.toPrecision(3)} here${study.designed ? '; there is no interval with weights or clusters' : ''}` }),
    meanRow(study, group, 'calibration_in_the_large', calibration_in_the_large, [-1, 1], of)];
}

/** Rates of an intersection's groups drawn towards the pooled one, for ranking. */
function shrinkRates(study: GroupingStudy, rate: Rate): readonly number[] | null {
  if (study.single || study.designed) return null;
  const events = study.levels.map((_, group) => rateEvents(rate, study.counts, group));
  return shrinkTowardsPooled(events.map(({ x }) => x), events.map(({ n }) => n));
}

/** Every metric of every group, Wilson's interval for rates. */
export function groupMetrics(study: GroupingStudy, input: ScoreInput | null, scores: ScoreStudy | null): GroupMetric[] {
  const shrunk = new Map(RATES.map((rate) => [rate, shrinkRates(study, rate)]));
  const rates = (group: number): GroupMetric[] => RATES.map((rate) => {
    const row = rateRow(study, group, rate), drawn = shrunk.get(rate)?.[group];
    return drawn === undefined || row.denominator === 0 ? row : { ...row, shrunk: drawn };
  });
  return study.levels.flatMap((_, group) => [...rates(group), ...scoreRows(study, group, input, scores)]);
}
