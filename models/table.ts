/** A column of numbers; NaN where the value is missing. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly name: string;
  readonly values: Float64Array;
}

/** A column of categories; `codes[i]` indexes `levels`, -1 where the value is missing. */
export interface CategoryColumn {
  readonly kind: 'category';
  readonly name: string;
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

export type Column = NumberColumn | CategoryColumn;

/** Columns of equal length; position i of each belongs to the same row. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** The group of every row for one protected attribute (or one intersection of several). */
export interface Grouping {
  /** `sex`, or `sex*race` for an intersection. */
  readonly attribute: string;
  readonly levels: readonly string[];
  /** [rows]; every row has a group, since a missing value is the level `(missing)`. */
  readonly codes: Int32Array;
}

/** Part of the stable split a row belongs to. */
export const TRAIN = 0;
export const VALIDATION = 1;
export const TEST = 2;
