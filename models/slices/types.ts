export interface SliceCondition {
  readonly column: string;
  readonly text: string;
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
  readonly lift: number;
  /** The same on held-out rows that took no part in the search. */
  readonly heldOut: { readonly size: number; readonly rate: number; readonly overall: number; readonly lift: number;
    readonly interval: readonly [number, number]; readonly pValue: number; readonly qValue: number; readonly replicated: boolean };
}

export interface SlicesSummary {
  readonly errorOf: string | null;
  readonly searched: number;
  readonly slices: readonly Slice[];
  readonly notes: readonly string[];
}
