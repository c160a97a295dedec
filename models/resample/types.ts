export interface DebiasRule {
  readonly rule: 'product' | 'max' | 'joint' | 'component';
  readonly detail: string;
  /** Exponent for joint and component, null for the others. */
  readonly tau: number | null;
  /** Effective sample size (Σw)²/Σw², in rows and as a share of the rows. */
  readonly ess: number;
  readonly essShare: number;
  readonly maxWeight: number;
  readonly chosen: boolean;
  /** Share of each group before and after weighting. */
  readonly groups: readonly { readonly attribute: string; readonly group: string; readonly before: number; readonly after: number }[];
}

export interface DebiasSummary {
  readonly rules: readonly DebiasRule[];
  readonly chosen: DebiasRule['rule'];
  /** Rows whose weight was capped because an outlier detector flagged them. */
  readonly capped: number;
  readonly resampledRows: number;
  readonly notes: readonly string[];
}
