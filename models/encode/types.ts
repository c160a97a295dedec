/** How one column became features; everything needed to go back. Feature positions are `offset … offset + width − 1`. */
export type ColumnCode = NumberCode | CategoryCode;

export interface NumberCode {
  readonly kind: 'number';
  readonly name: string;
  readonly offset: number;
  /** 1, or 2 when a missing indicator follows the value. */
  readonly width: number;
  readonly missingIndicator: boolean;
  readonly transform:
    | { readonly kind: 'standard'; readonly mean: number; readonly std: number }
    /** Quantile-normal: `values` are increasing knots of the train part, `normal` their normal scores. */
    | { readonly kind: 'quantile'; readonly values: readonly number[]; readonly normal: readonly number[] };
  /** What a missing value is replaced by, before the transform (the train part's median). */
  readonly fill: number;
}

export interface CategoryCode {
  readonly kind: 'category';
  readonly name: string;
  readonly offset: number;
  /** One feature per level, in order; of a column of two numbers the levels are the numbers' texts. */
  readonly width: number;
  /** May end in `(rare)` (levels under the floor, and levels never seen in train) and `(missing)`. */
  readonly levels: readonly string[];
}

/** Fitted on the train part, stored, reversible. */
export interface Encoder {
  readonly width: number;
  readonly columns: readonly ColumnCode[];
  /** Columns left out, with the reason (constant, identifier, excluded, label, …). */
  readonly omitted: readonly { readonly name: string; readonly reason: string }[];
}
