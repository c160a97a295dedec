import type { CellValues } from './column.ts';

/** Yes or no, one a row; null, undefined and NaN are missing. */
export type YesNo = ArrayLike<number | boolean | null | undefined>;

/** What is compared, and by which rules: the defaults are those of `audit.yaml`. */
export interface FairnessQuestion {
  /** Protected attributes by name: the value of each row. */
  readonly protected: Readonly<Record<string, CellValues>>;
  /** What happened: 1 or true for the positive outcome. */
  readonly labels?: YesNo | null;
  /** What the audited model decided. */
  readonly predictions?: YesNo | null;
  /** Its score; decisions are `score ≥ threshold` where there are no predictions. */
  readonly scores?: ArrayLike<number | null | undefined> | null;
  /** 0.5 for scores in [0, 1]; needed for others. */
  readonly threshold?: number;
  /** Edges that make groups of a numeric attribute, such as `{ age: [0, 25, 45, 65, 120] }`. */
  readonly bins?: Readonly<Record<string, readonly number[]>>;
  /** The group that others are held against, by attribute; the largest otherwise. */
  readonly reference?: Readonly<Record<string, string>>;
  /** Attributes crossed at most: 1 none, 2 pairs (default), 3 triples. */
  readonly intersections?: 1 | 2 | 3;
  /** Probability weights of the rows. */
  readonly weights?: ArrayLike<number> | null;
  /** Rows of one cluster are not independent: any value that tells clusters apart. */
  readonly clusters?: ArrayLike<number | string> | null;
  /** Confidence of intervals and tests, 0.95. */
  readonly level?: number;
  /** Differences up to this are parity, 0.05; or by metric, `{ default: 0.05, selection_rate: 0.03 }`. */
  readonly tolerance?: number | Readonly<Record<string, number>>;
  /** The smallest ratio that is parity, 0.8. */
  readonly ratio?: number;
  /** Point values with a smaller denominator are hidden, 30. */
  readonly minimum?: number;
  /** The disparities that decide the verdict; by default demographic parity and equalized odds with decisions, base rates without. */
  readonly headline?: readonly string[];
  /** Of every random stream, 0. */
  readonly seed?: number;
}
