export interface DebiasRule {
  readonly rule: 'product' | 'max' | 'joint' | 'component';
  readonly detail: string;
  /** Exponent for joint and component, null for the others. */
  readonly tau: number | null;
  /** Effective sample size (Σw)²/Σw², in rows and as a share of the rows. */
  readonly ess: number;
  readonly essShare: number;
  readonly maxWeight: number;
  readonly minWeight: number;
  /** Mean weight of the thinnest 5 % of rows that are no outliers; 1 is what they would have without weights. */
  readonly thinLift: number;
  /** Spearman's correlation of weight with thinness (minus log density) over rows that are no outliers; null when undefined. */
  readonly thinCorrelation: number | null;
  /** Mean weight of each tenth of the rows that are no outliers by density, thinnest first; always written. */
  readonly decileWeights?: readonly number[];
  /** Least correlation of the weights with those by further fits of the mixture; null for rules without one. Always written. */
  readonly stability?: number | null;
  /** Flagged rows whose weight the cap lowered. */
  readonly capped: number;
  readonly chosen: boolean;
  /** Share of each group before and after weighting. */
  readonly groups: readonly { readonly attribute: string; readonly group: string; readonly before: number; readonly after: number }[];
}

export interface DebiasSummary {
  readonly rules: readonly DebiasRule[];
  readonly chosen: DebiasRule['rule'];
  /** Rows whose weight was capped because an outlier detector flagged them, under the chosen rule. */
  readonly capped: number;
  /** Rows taken as outliers, and what made them so. */
  readonly outliers: { readonly rows: number; readonly how: string };
  /** Share of each group among the outliers, against its share of all rows: a group that is flagged more often gains less weight. */
  readonly cappedGroups: readonly { readonly attribute: string; readonly group: string; readonly share: number; readonly outlierShare: number }[];
  readonly resampledRows: number;
  /** Different rows among those drawn. */
  readonly distinctRows: number;
  readonly notes: readonly string[];
}
