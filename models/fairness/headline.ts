/** What decides the verdict when the configuration leaves it open, fixed by what kinds of columns there are, not by their values. */
export function automaticHeadline({ source, hasLabel }: { readonly source: 'prediction' | 'score' | 'reference' | null; readonly hasLabel: boolean }): readonly string[] {
  if (source === 'prediction' || source === 'score') {
    return hasLabel ? ['demographic_parity_difference', 'equalized_odds_difference'] : ['demographic_parity_difference'];
  }
  return hasLabel ? ['base_rate_difference'] : [];
}

const RATE_LIKE = [
  'base_rate', 'selection_rate', 'true_positive_rate', 'false_positive_rate', 'true_negative_rate', 'false_negative_rate', 'positive_predictive_value',
  'negative_predictive_value', 'false_discovery_rate', 'false_omission_rate', 'accuracy', 'mean_score', 'auroc', 'brier', 'expected_calibration_error',
  'demographic_parity', 'equal_opportunity', 'equalized_odds',
] as const;

/** Every name that a disparity can have, in the order in which results list them. */
export const DISPARITY_NAMES: readonly string[] = [
  ...['demographic_parity', 'equal_opportunity', 'equalized_odds'].flatMap((name) => [`${name}_difference`, `${name}_ratio`]),
  'average_odds_difference', 'treatment_equality', 'differential_fairness',
  ...RATE_LIKE.slice(0, 15).flatMap((name) => [`${name}_difference`, `${name}_ratio`]),
  'calibration_in_the_large_difference', 'abroca',
];

/** Gaps of a predicted quantity, listed after the others where the label is one. */
export const QUANTITY_NAMES: readonly string[] = ['mean_error_difference', 'mean_absolute_error_difference', 'root_mean_squared_error_difference', 'r_squared_difference'];

/** The disparity a headline name means: itself, or its difference when it names a rate. null: no such metric. */
export function headlineMetric(name: string): string | null {
  const all = new Set([...DISPARITY_NAMES, ...QUANTITY_NAMES]);
  if (all.has(name)) return name;
  return all.has(`${name}_difference`) ? `${name}_difference` : null;
}
