/** Shapes of fairness.json (CONTRACT "Outputs"); numbers that do not exist are null with the reason in `note`. */
export type Interval = readonly [number, number];
export type Verdict = 'disparity' | 'parity' | 'undecided';

export interface GroupMetric {
  readonly attribute: string;
  readonly group: string;
  readonly metric: string;
  readonly n: number;
  readonly denominator: number;
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly note: string | null;
  /** Of rates in intersections: the rate drawn towards the pooled one as far as noise explains its distance (empirical Bayes); for ranking, never for verdicts. */
  readonly shrunk?: number | null;
}

export interface Disparity {
  readonly attribute: string;
  readonly metric: string;
  readonly value: number | null;
  readonly interval: Interval | null;
  /** Of an exploratory disparity that survives its adjustment: the interval at level 1 − (1 − level)·R/m, R of m selected (Benjamini and Yekutieli 2005). */
  readonly selected_interval?: Interval | null;
  readonly tolerance: number | null;
  /** `disparity` when p ≤ 1 − level, `parity` when p_parity ≤ (1 − level)/2 and every group was compared; null when nothing is tested. */
  readonly verdict: Verdict | null;
  readonly p: number | null;
  readonly p_parity: number | null;
  readonly q: number | null;
  readonly family: string;
  readonly adjustment: string;
  readonly alias_of: string | null;
  /** Mean, and 95 % quantile, of the value were all groups equal; of ratios q95 is what 95 % of such draws reach or exceed. Never to be subtracted. */
  readonly expected_at_parity: { readonly mean: number; readonly q95: number } | null;
  readonly detectable: number | null;
  readonly rows_needed: Interval | string | null;
  /** The pair behind the value: largest first, smallest second (for metrics against the reference: the group, then the reference). */
  readonly groups: readonly string[];
  /** Of a compound metric (equalized odds), the rate behind the value; null otherwise. */
  readonly component: string | null;
  readonly reference: string | null;
  /** Groups whose point value is hidden because they are small. */
  readonly hidden: readonly string[];
  readonly note: string | null;
}

export interface DataMetric {
  readonly attribute: string;
  readonly metric: string;
  readonly group: string;
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly note: string | null;
}

export interface IndividualMetric {
  /** The grouping of a between-group index; null for those of all rows. */
  readonly attribute: string | null;
  readonly metric: string;
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly note: string | null;
}

/** One group beside the most favoured one; a single comparison, not adjusted for the others. */
export interface PairTest {
  readonly attribute: string;
  /** `selection_rate` of audited decisions, else `base_rate`. */
  readonly metric: string;
  readonly group: string;
  readonly favoured: string;
  readonly difference: number;
  readonly ratio: number | null;
  /** Difference over its standard error were both rates equal. */
  readonly standard_deviations: number | null;
  readonly fisher_p: number;
}

/** One gap of a single attribute at each threshold of the score. */
export interface ThresholdCurve {
  readonly attribute: string;
  readonly metric: string;
  readonly thresholds: readonly number[];
  readonly values: readonly (number | null)[];
  /** Each holds at its own threshold. */
  readonly intervals: readonly (Interval | null)[];
  readonly note: string;
}

/** Reliability curve of one group of a single attribute: empty bins are left out. */
export interface ReliabilityCurve {
  readonly attribute: string;
  readonly group: string;
  readonly points: readonly { readonly from: number; readonly to: number; readonly n: number; readonly mean_score: number; readonly rate: number; readonly interval: Interval | null }[];
  readonly note?: string | null;
}

/** One group's rate against the reference group's, or against that of all other rows; a single comparison, not adjusted for the others. */
export interface Contrast {
  readonly attribute: string;
  readonly group: string;
  readonly metric: string;
  readonly against: 'reference' | 'rest';
  /** The reference group; null for the rest. */
  readonly other: string | null;
  readonly difference: number | null;
  readonly difference_interval: Interval | null;
  readonly ratio: number | null;
  /** The upper end is null where it is infinite. */
  readonly ratio_interval: readonly [number, number | null] | null;
  readonly note: string | null;
}

/** One class of a label with several, against all others; single attributes only. */
export interface ClassMetrics {
  readonly class: string;
  readonly groups: readonly GroupMetric[];
  readonly disparities: readonly Disparity[];
}

/** A sentence a judge can read, for each headline disparity. */
export interface Finding {
  readonly attribute: string;
  readonly metric: string;
  readonly verdict: Verdict;
  /** True when the disparity survives the adjustment for all headline comparisons. */
  readonly survives: boolean;
  readonly sentence: string;
}

export interface FairnessResult {
  readonly level: number;
  readonly verdict: 'pass' | 'findings' | 'undecided';
  /** `reference classifier (…)` when the data holds no decision of the audited model; named as such wherever its numbers stand. */
  readonly decisions: { readonly source: 'prediction' | 'score' | 'reference'; readonly description: string } | null;
  readonly population: string;
  readonly rows: number;
  readonly headline: readonly string[];
  readonly comparisons: { readonly headline: number; readonly exploratory: number; readonly statement: string };
  readonly findings: readonly Finding[];
  readonly groups: readonly GroupMetric[];
  readonly disparities: readonly Disparity[];
  /** Each group beside the most favoured one. */
  readonly pairs?: readonly PairTest[];
  readonly data: readonly DataMetric[];
  readonly individual: readonly IndividualMetric[];
  readonly contrasts?: readonly Contrast[];
  readonly thresholds?: readonly ThresholdCurve[];
  readonly calibration?: readonly ReliabilityCurve[];
  readonly classes?: readonly ClassMetrics[];
  readonly certificate: { readonly [key: string]: unknown };
  readonly notes: readonly string[];
}
