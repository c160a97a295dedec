export interface SliceCondition {
  readonly column: string;
  readonly text: string;
}

/** What a slice shows on the held-out rows, of which none took part in the search. */
export interface HeldOutSlice {
  readonly size: number;
  readonly rate: number;
  readonly overall: number;
  readonly lift: number;
  /** As on the discovery rows. */
  readonly expected: number | null;
  readonly excess: number | null;
  /** Of the rate, at the audit's level; null for strangeness, which is described, not tested. */
  readonly interval: readonly [number, number] | null;
  /** Of the excess; null without expected errors. */
  readonly excessInterval: readonly [number, number] | null;
  /** One-sided; adjusted (Benjamini–Hochberg) among the slices of the same measure. Null for strangeness: whether a row is strange follows from the columns of the search. */
  readonly pValue: number | null;
  readonly qValue: number | null;
  readonly replicated: boolean | null;
}

export interface Slice {
  /** At most three readable conditions, all of which hold. */
  readonly conditions: readonly SliceCondition[];
  readonly text: string;
  readonly measure: 'error' | 'strangeness';
  /** On the discovery rows. */
  readonly size: number;
  readonly rate: number;
  readonly overall: number;
  /** rate / overall */
  readonly lift: number;
  /** Rate of errors that the score itself expects of these rows: hard cases. Null where there is no score, and for strangeness. */
  readonly expected: number | null;
  /** rate − expected, the errors that hard cases do not explain; null with `expected`. */
  readonly excess: number | null;
  readonly heldOut: HeldOutSlice;
}

export interface SlicesSummary {
  readonly errorOf: string | null;
  /** What error slices are ranked by: errors beyond those the score expects, or all errors; null where errors are not searched. */
  readonly errorMeasure: 'excess' | 'plain' | null;
  readonly searched: number;
  readonly slices: readonly Slice[];
  readonly notes: readonly string[];
}
