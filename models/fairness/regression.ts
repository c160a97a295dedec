import { plainLimits } from './estimate-gap.ts';
import { meanRow } from './group-metrics.ts';
import { groupMeans, meanEstimates, type GroupMeans } from './group-means.ts';
import type { GroupingStudy } from './grouping-study.ts';
import { missingDisparity } from './disparity-row.ts';
import type { Design } from './influence.ts';
import { codesOf } from './marginal.ts';
import { gapRows } from './score-disparities.ts';
import { toleranceOf } from './settings.ts';
import type { Disparity, GroupMetric } from './types.ts';

/** A quantity that the audited model predicts. */
export interface RegressionInput {
  readonly cellOfRow: Uint32Array;
  /** [n] NaN missing */
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
  readonly design: Design | null;
}

export const REGRESSION_METRICS = ['mean_error', 'mean_absolute_error', 'root_mean_squared_error', 'r_squared'] as const;

/** √ of a mean square, and its variance by the delta method. */
function root(means: GroupMeans): GroupMeans {
  const value = means.value.map(Math.sqrt);
  return { ...means, value, variance: means.variance.map((v, g) => (value[g]! > 0 ? Math.max(1e-18, v / (4 * value[g]! ** 2)) : Math.max(1e-18, Math.sqrt(v)))) };
}

/** 1 − Σ(y − ŷ)²/Σ(y − ȳ)² by group, and its variance from each row's influence ((1 − R²)(y − ȳ)² − (y − ŷ)²)/var(y). */
function rSquared(codes: Int32Array, groups: number, { actual, predicted, design }: RegressionInput, squared: GroupMeans): GroupMeans {
  const known = (row: number): number => (Number.isNaN(predicted[row]!) ? Number.NaN : actual[row]!);
  const mean = groupMeans({ codes, groups, of: known, design });
  const spread = groupMeans({ codes, groups, of: (row) => (known(row) - mean.value[codes[row]!]!) ** 2, design });
  const value = squared.value.map((error, g) => (spread.value[g]! > 0 ? 1 - error / spread.value[g]! : Number.NaN));
  const influence = groupMeans({ codes, groups, design, of: (row) => {
    const g = codes[row]!;
    return ((1 - value[g]!) * (known(row) - mean.value[g]!) ** 2 - (actual[row]! - predicted[row]!) ** 2) / spread.value[g]!;
  } });
  return { ...influence, value, n: influence.n.map((n, g) => (Number.isNaN(value[g]!) ? 0 : n)) };
}

function gap(study: GroupingStudy, name: (typeof REGRESSION_METRICS)[number], means: GroupMeans): Disparity {
  const metric = `${name}_difference`, base = meanEstimates(means, [-Infinity, Infinity]);
  if (base.groups.length < 2) return missingDisparity(study, metric, 'fewer than two groups have rows to compare');
  const least = name === 'mean_absolute_error' || name === 'root_mean_squared_error' ? 0 : -Infinity;
  const estimates = { ...base, most: Infinity, limits: plainLimits(base.value, base.variance, [least, name === 'r_squared' ? 1 : Infinity]) };
  const [row] = gapRows(study, { name, estimates, plain: Array.from(estimates.value), ratio: null, tolerance: toleranceOf(study.settings, [metric], null),
    denominators: new Map(Array.from(estimates.groups, (group) => [group, means.n[group]!])) });
  return row!;
}

/** Mean error (predicted − actual), mean absolute and root mean squared error and R² of each group, and their gaps; tested with a tolerance of their own only. */
export function regressionMetrics(study: GroupingStudy, input: RegressionInput): { readonly groups: GroupMetric[]; readonly disparities: Disparity[] } {
  const codes = codesOf(study.marginal, input.cellOfRow), groups = study.levels.length, { actual, predicted, design } = input;
  const means = (of: (row: number) => number): GroupMeans => groupMeans({ codes, groups, of, design });
  const error = means((row) => predicted[row]! - actual[row]!), absolute = means((row) => Math.abs(predicted[row]! - actual[row]!));
  const squared = means((row) => (predicted[row]! - actual[row]!) ** 2);
  const all = { mean_error: error, mean_absolute_error: absolute, root_mean_squared_error: root(squared), r_squared: rSquared(codes, groups, input, squared) };
  const of = 'rows with a label and a prediction (R²: whose labels differ)';
  const range = (name: string): readonly [number, number] => [name === 'mean_error' || name === 'r_squared' ? -Infinity : 0, name === 'r_squared' ? 1 : Infinity];
  return { groups: study.levels.flatMap((_, group) => REGRESSION_METRICS.map((name) => meanRow(study, group, name, all[name], range(name), of))),
    disparities: REGRESSION_METRICS.map((name) => gap(study, name, all[name])) };
}
