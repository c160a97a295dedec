/** How a metric is spoken of: in a table, in a sentence, and what it means when someone asks. */
export interface MetricName {
  readonly label: string;
  readonly definition: string;
}

const RATES: Readonly<Record<string, MetricName>> = {
  base_rate: { label: 'Base rate', definition: 'Share of the rows whose true label is positive.' },
  selection_rate: { label: 'Selection rate', definition: 'Share of the rows that the decision favours.' },
  true_positive_rate: { label: 'True positive rate', definition: 'Of the rows whose label is positive, the share that the decision favours.' },
  false_positive_rate: { label: 'False positive rate', definition: 'Of the rows whose label is not positive, the share that the decision favours.' },
  true_negative_rate: { label: 'True negative rate', definition: 'Of the rows whose label is not positive, the share that the decision does not favour.' },
  false_negative_rate: { label: 'False negative rate', definition: 'Of the rows whose label is positive, the share that the decision misses.' },
  positive_predictive_value: { label: 'Positive predictive value', definition: 'Of the favoured rows, the share whose label is positive.' },
  negative_predictive_value: { label: 'Negative predictive value', definition: 'Of the rows not favoured, the share whose label is not positive.' },
  false_discovery_rate: { label: 'False discovery rate', definition: 'Of the favoured rows, the share whose label is not positive.' },
  false_omission_rate: { label: 'False omission rate', definition: 'Of the rows not favoured, the share whose label is positive.' },
  accuracy: { label: 'Accuracy', definition: 'Share of the rows on which decision and label agree.' },
  mean_score: { label: 'Mean score', definition: 'Mean of the score that the decision is made from.' },
  auroc: { label: 'AUROC', definition: 'Probability that a row with a positive label scores above one without (½ for ties).' },
  brier: { label: 'Brier score', definition: 'Mean squared difference of score and label; 0 is best.' },
  calibration_in_the_large: { label: 'Calibration in the large', definition: 'Mean of label minus score: how much the score over- or understates the rate as a whole.' },
  expected_calibration_error: { label: 'Calibration error', definition: 'Mean distance of score and observed rate over ten bins of the score; positive at this size even for a perfect model.' },
};

const COMPOUND: Readonly<Record<string, MetricName>> = {
  demographic_parity: { label: 'Demographic parity', definition: 'Selection rates of the groups compared.' },
  equal_opportunity: { label: 'Equal opportunity', definition: 'True positive rates of the groups compared.' },
  equalized_odds: { label: 'Equalized odds', definition: 'True and false positive rates compared; the worse of the two counts.' },
};

const OTHER: Readonly<Record<string, MetricName>> = {
  average_odds_difference: { label: 'Average odds, difference', definition: '½[(FPR − FPR of the reference) + (TPR − TPR of the reference)], for the group where it is largest in absolute value.' },
  treatment_equality: { label: 'Treatment equality', definition: 'Ratio of false negatives to false positives, as difference to the reference group; the largest.' },
  differential_fairness: { label: 'Differential fairness (ε)', definition: 'Largest log ratio of outcome probabilities between any two groups, smoothed; 0 is equal.' },
  class_imbalance: { label: 'Class imbalance', definition: '(Rows outside the group − rows in it) ÷ all rows: 0 is balance, 1 means that the group is absent.' },
  difference_in_proportions: { label: 'Difference in proportions of labels', definition: 'Rate of positive labels outside the group minus that inside.' },
  kl: { label: 'Kullback–Leibler divergence', definition: 'Of the label distribution outside the group from that inside, in nats.' },
  js: { label: 'Jensen–Shannon divergence', definition: 'Between the label distributions outside and inside the group, in nats.' },
  lp: { label: 'L2 distance', definition: 'Between the label distributions outside and inside the group.' },
  tvd: { label: 'Total variation distance', definition: 'Between the label distributions outside and inside the group.' },
  ks: { label: 'Kolmogorov–Smirnov distance', definition: 'Largest gap between the label distributions outside and inside the group.' },
  conditional_demographic_disparity: { label: 'Conditional demographic disparity', definition: 'Share among the rejected minus share among the accepted, averaged over the declared strata.' },
  theil_index: { label: 'Theil index', definition: 'Inequality of benefit over individuals, benefit = decision − label + 1; 0 is equal.' },
  generalized_entropy_2: { label: 'Generalised entropy (α = 2)', definition: 'Half the squared coefficient of variation of benefit.' },
  coefficient_of_variation: { label: 'Coefficient of variation', definition: 'Standard deviation of benefit over its mean.' },
  between_group_generalized_entropy: { label: 'Between-group generalised entropy', definition: 'The part of the inequality of benefit that lies between groups.' },
  abroca: { label: 'ABROCA', definition: 'Area between the ROC curves of the two groups furthest apart; 0 when they coincide, and never below its noise at this size.' },
  mean_error: { label: 'Mean error', definition: 'Mean of score minus label: how much the group is over- or underrated.' },
  mean_absolute_error: { label: 'Mean absolute error', definition: 'Mean distance of score and label.' },
  root_mean_squared_error: { label: 'Root mean squared error', definition: 'Square root of the mean squared distance of score and label.' },
  r_squared: { label: 'R²', definition: 'Share of the label’s variance within the group that the score explains.' },
  consistency: { label: 'Consistency', definition: 'One minus the mean difference of a row’s decision from those of its five nearest neighbours.' },
};

const COMPARED: ReadonlyMap<string, MetricName> = new Map([...Object.entries(RATES), ...Object.entries(COMPOUND), ...Object.entries(OTHER)]);

/** The name of any metric of fairness.json, derived ones (`…_difference`, `…_ratio`) too; an unknown one is shown as it is. */
export function metricName(metric: string): MetricName {
  if (Object.hasOwn(OTHER, metric)) return OTHER[metric]!;
  if (Object.hasOwn(RATES, metric)) return RATES[metric]!;
  const parts = /^(.+)_(difference|ratio)$/.exec(metric);
  const base = parts === null ? undefined : COMPARED.get(parts[1]!);
  if (parts === null || base === undefined) return { label: metric.replaceAll('_', ' '), definition: '' };
  const [, , kind] = parts;
  return kind === 'ratio'
    ? { label: `${base.label}, ratio`, definition: `${base.definition} Smallest over largest: 1 is equal.` }
    : { label: `${base.label}, difference`, definition: `${base.definition} Largest minus smallest: 0 is equal.` };
}

/** Ratios are compared with a floor, everything else with a ceiling. */
export function isRatio(metric: string): boolean {
  return metric.endsWith('_ratio');
}

/** Whether a value of the metric is a difference of shares, to be written in points. */
export function isPoints(metric: string): boolean {
  return isShare(metric) && metric.endsWith('_difference');
}

/** Whether a value of the metric is a share, or a difference of shares. */
export function isShare(metric: string): boolean {
  if (isRatio(metric)) return false;
  const base = metric.replace(/_difference$/, '');
  return (Object.hasOwn(RATES, base) && !['mean_score', 'auroc', 'brier', 'expected_calibration_error', 'calibration_in_the_large'].includes(base)) || Object.hasOwn(COMPOUND, base) || metric === 'average_odds_difference';
}
