import type { Interval } from '../fairness/types.ts';

/** In the order of the report. */
export const MITIGATIONS = [
  'reweighing', 'disparate_impact_repair', 'latent_weights', 'latent_resampling', 'group_thresholds_selection', 'group_thresholds_odds',
] as const;
export type Mitigation = (typeof MITIGATIONS)[number];

/** What is compared before and after; of the first two more is better, of the gaps less. */
export const QUANTITIES = [
  'accuracy', 'worst_group_accuracy', 'demographic_parity_difference', 'equal_opportunity_difference', 'false_positive_rate_difference',
  'equalized_odds_difference', 'accuracy_difference',
] as const;
export type Quantity = (typeof QUANTITIES)[number];

export type ChangeVerdict = 'better' | 'worse' | 'undecided';

/** One quantity before and after one mitigation, on the same test rows; shares between 0 and 1. */
export interface MitigationChange {
  readonly attribute: string;
  readonly method: Mitigation;
  readonly metric: Quantity;
  /** Over groups whose denominator reaches the minimum; null with the reason in `note`. */
  readonly before: number | null;
  readonly after: number | null;
  readonly change: number | null;
  /** Of the change, over all groups with a row; paired. */
  readonly interval: Interval | null;
  /** `better` or `worse` when the interval lies on one side of 0. */
  readonly verdict: ChangeVerdict;
  readonly note: string | null;
}

/** mitigation.json. */
export interface MitigationSummary {
  readonly level: number;
  /** Why nothing was compared; null when something was. */
  readonly reason: string | null;
  /** What every mitigation is compared with. */
  readonly baseline: string | null;
  /** Labelled rows by part: fitted on, tuned on, judged on. */
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number } | null;
  /** `attribute`: the one a mitigation was made for; null when it knows of no group. */
  readonly methods: readonly { readonly method: Mitigation; readonly attribute: string | null; readonly detail: string }[];
  readonly changes: readonly MitigationChange[] | null;
  readonly comparisons: { readonly count: number; readonly statement: string } | null;
  readonly notes: readonly string[];
}
