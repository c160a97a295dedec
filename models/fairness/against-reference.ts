import { confusion } from './counts.ts';
import { disparityRow, missingDisparity, type DisparityFacts } from './disparity-row.ts';
import { drawEstimatesMaxT, estimateDifferenceEnds, plainLimits, type Estimates } from './estimate-gap.ts';
import type { Dependence } from './influence.ts';
import { reasonAgainst, type GroupingStudy } from './grouping-study.ts';
import { smoothedRates } from './max-t-distribution.ts';
import { expectedNormalGap } from './parity-draws.ts';
import { denominatorsOf } from './rate-disparities.ts';
import { groupStatistics, type Statistic } from './smooth-estimates.ts';
import { POWER_80 } from '../stats/normal.ts';
import { toleranceOf } from './settings.ts';
import type { Disparity } from './types.ts';

const NEEDS = { label: true, decision: true } as const;

interface Comparison {
  readonly metric: string;
  readonly estimates: Estimates;
  /** Plain value of each estimate's group. */
  readonly plain: readonly number[];
  readonly tolerance: number | null;
  readonly denominators: ReadonlyMap<number, number>;
  readonly note: string | null;
}

/**
 * The signed difference of one group to the reference, where it is largest in absolute value. The interval is that of the largest
 * size, with the value's sign: which group is the worst is itself an estimate.
 */
function largestToReference(study: GroupingStudy, { metric, estimates, plain, tolerance, denominators, note }: Comparison): Disparity {
  const against = estimates.groups.indexOf(study.reference);
  if (against < 0 || estimates.groups.length < 2) {
    return missingDisparity(study, metric, note ?? 'the reference group, or every other one, has no rows to compare');
  }
  const differences = plain.map((value) => value - plain[against]!);
  const size = differences.map((value, i) => (i === against ? -1 : Math.abs(value)));
  const worst = size.indexOf(Math.max(...size));
  const null_ = drawEstimatesMaxT(estimates, study.random(`${metric}/difference`), against);
  const pair = [estimates.groups[worst]!, study.reference];
  const facts: DisparityFacts = { metric, value: differences[worst]!, tolerance, pair, denominators, note,
    question: { ends: estimateDifferenceEnds(estimates, tolerance ?? 0, against), null: null_, scale: 'difference' },
    expected: expectedNormalGap(estimates.variance, study.random(`${metric}/parity`), against),
    detectable: (critical) => (tolerance ?? 0) + (critical + POWER_80) * Math.sqrt(estimates.variance[worst]! + estimates.variance[against]!) };
  const row = disparityRow(study, facts);
  return differences[worst]! < 0 && row.interval !== null ? { ...row, interval: [-row.interval[1], -row.interval[0]] } : row;
}

/** With weights or clusters, how the groups' statistics spread and hang together; null with independent rows. */
function designOf({ tally, marginal, designed }: GroupingStudy, groups: Int32Array, statistic: Statistic): Dependence | null {
  if (!designed) return null;
  const { variance, correlation, degrees } = groupStatistics(tally, marginal, statistic), k = variance.length;
  return { degrees, variance: Float64Array.from(groups, (g) => (Number.isFinite(variance[g]) ? variance[g]! : 0)),
    correlation: Float64Array.from({ length: groups.length ** 2 }, (_, i) => {
      const shared = correlation[groups[Math.floor(i / groups.length)]! * k + groups[i % groups.length]!]!;
      return Number.isFinite(shared) ? shared : 0;
    }) };
}

/** AIF360's ½[(FPR_g − FPR_ref) + (TPR_g − TPR_ref)]. */
export function averageOddsDifference(study: GroupingStudy): Disparity {
  const metric = 'average_odds_difference';
  const { true_positive_rate: tpr, false_positive_rate: fpr } = study.rates;
  if (tpr === undefined || fpr === undefined) return missingDisparity(study, metric, reasonAgainst(study, NEEDS));
  const tprDenominators = denominatorsOf(tpr.family), fprDenominators = denominatorsOf(fpr.family);
  const groups = tpr.family.groups.filter((group) => fprDenominators.has(group));
  const smoothTpr = smoothedRates(tpr.family), smoothFpr = smoothedRates(fpr.family);
  const t = Array.from(groups, (group) => tpr.family.groups.indexOf(group)), f = Array.from(groups, (group) => fpr.family.groups.indexOf(group));
  const value = Float64Array.from(groups, (_, i) => (smoothTpr.rate[t[i]!]! + smoothFpr.rate[f[i]!]!) / 2);
  const linear = designOf(study, groups, ([tn, fp, , fn, tp]) => (tp! / (tp! + fn!) + fp! / (fp! + tn!)) / 2);
  const variance = Float64Array.from(groups, (_, i) => Math.max(linear?.variance[i] ?? 0, (smoothTpr.variance[t[i]!]! + smoothFpr.variance[f[i]!]!) / 4));
  const plain = Array.from(groups, (_, i) => (tpr.family.x[t[i]!]! / tpr.family.n[t[i]!]! + fpr.family.x[f[i]!]! / fpr.family.n[f[i]!]!) / 2);
  return largestToReference(study, { metric, plain, note: null,
    estimates: { value, variance, groups, most: 1, limits: plainLimits(value, variance, [-Infinity, Infinity]), ...(linear === null ? {} : { dependence: linear }) },
    tolerance: toleranceOf(study.settings, [metric], study.settings.tolerance.default),
    denominators: new Map(Array.from(groups, (group) => [group, Math.min(tprDenominators.get(group)!, fprDenominators.get(group)!)])) });
}

/**
 * Clarify's difference of FN/FP to the reference. Limits of each ratio are lognormal with ½ added to both counts; tested only with
 * a tolerance of its own.
 */
export function treatmentEquality(study: GroupingStudy): Disparity {
  const metric = 'treatment_equality';
  if (!study.hasLabel || !study.hasDecision) return missingDisparity(study, metric, reasonAgainst(study, NEEDS));
  const counts = study.levels.map((_, group) => ({ group, ...confusion(study.counts, group) }));
  const finite = counts.filter(({ fp }) => fp > 0);
  const infinite = counts.filter(({ fp }) => fp === 0).map(({ group }) => study.levels[group]!);
  const note = infinite.length === 0 ? null : `FN/FP is infinite or 0/0 without false positives: ${infinite.length} of ${counts.length} groups left out`;
  const value = Float64Array.from(finite, ({ fn, fp }) => (fn + 0.5) / (fp + 0.5));
  const groups = Int32Array.from(finite, ({ group }) => group);
  const linear = designOf(study, groups, ([, fp, , fn]) => (fn! > 0 && fp! > 0 ? Math.log(fn! / fp!) : 0));
  const byRows = { ...study.counts, cells: study.counts.rows };
  const logVariance = finite.map(({ group }, i) => {
    const { fn, fp } = confusion(byRows, group);
    return Math.max(linear?.variance[i] ?? 0, 1 / (fn + 0.5) + 1 / (fp + 0.5));
  });
  const estimates: Estimates = { value, variance: value.map((ratio, i) => ratio * ratio * logVariance[i]!), most: Infinity,
    groups, ...(linear === null ? {} : { dependence: linear }),
    limits: (i, critical) => {
      const factor = Math.exp(critical * Math.sqrt(logVariance[i]!));
      return [value[i]! / factor, value[i]! * factor];
    } };
  return largestToReference(study, { metric, estimates, plain: finite.map(({ fn, fp }) => fn / fp), note,
    tolerance: toleranceOf(study.settings, [metric], null), denominators: new Map(finite.map(({ group }) => [group, confusion(byRows, group).fp])) });
}
