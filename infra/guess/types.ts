import type { FileFormat } from '../readers/file-format.ts';

/** One thing that was guessed, why, and what to do when it is wrong. */
export interface Guess<T> {
  readonly value: T;
  readonly why: string;
}

export interface ProtectedGuess {
  readonly column: string;
  /** Such as `sex or gender`. */
  readonly ground: string;
  readonly why: string;
  /** Edges that make groups of a quantity. */
  readonly bins: readonly number[] | null;
}

export interface ExcludeGuess {
  readonly column: string;
  readonly kind: 'restates-label' | 'model-output' | 'identifier' | 'date' | 'weight' | 'unreadable' | 'many-groups' | 'no-values';
  readonly why: string;
}

/** How a file has to be read, where the defaults do not do. */
export interface Reading {
  readonly format: FileFormat;
  readonly encoding: string;
  /** Names given to the columns of a file without a header line. */
  readonly columns: readonly string[] | null;
  readonly missing: readonly string[];
  /** What was found out, for the reader of the configuration. */
  readonly notes: readonly string[];
}

export interface ColumnFact {
  readonly name: string;
  readonly kind: 'number' | 'category';
  readonly missing: number;
  readonly distinct: number;
}

/** Everything guessed about a data set. */
export interface Guesses {
  readonly rows: number;
  readonly columns: readonly ColumnFact[];
  readonly reading: Reading;
  readonly id: Guess<string> | null;
  readonly label: Guess<string> | null;
  readonly positive: Guess<string> | null;
  readonly score: Guess<string> | null;
  readonly prediction: Guess<string> | null;
  readonly threshold: Guess<number> | null;
  readonly cluster: Guess<string> | null;
  readonly sequence: Guess<string> | null;
  readonly time: Guess<string> | null;
  readonly protected: readonly ProtectedGuess[];
  readonly exclude: readonly ExcludeGuess[];
  /** What could not be decided and is worth a look. */
  readonly doubts: readonly string[];
}
