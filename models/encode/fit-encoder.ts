import type { Column, NumberColumn, Table } from '../table.ts';
import { TRAIN } from '../table.ts';
import { MemorySorter, type NumberSorter } from './ascending.ts';
import { fitNumber } from './fit-number.ts';
import { RowCounter, textIdentifier } from './identifier.ts';
import { LevelCounts } from './level-counts.ts';
import type { ColumnRole } from './profile-types.ts';
import type { CategoryCode, ColumnCode, Encoder, NumberCode } from './types.ts';

/** The bucket of levels that are too rare to learn, and of those that the train part never saw. */
export const RARE = '(rare)';
export const MISSING = '(missing)';

/** A level needs this many rows of the train part, and this share of them, to get a feature of its own. */
const RARE_ROWS = 10;
const RARE_SHARE = 0.001;

/** Two numbers are a yes and a no, not a quantity. */
const BINARY = 2;

export interface EncoderOptions {
  readonly numbers: 'standard' | 'quantile';
  readonly rolesOf: (name: string) => readonly ColumnRole[];
  /** Sorts what memory need not hold; in memory when absent. */
  readonly sorter?: () => NumberSorter;
}

/**
 * Fits the features of a table on its train rows. Numbers become one standardised (or quantile-normal) feature and a missing indicator
 * where values are missing; categories become one feature a level. What is no feature is named with its reason.
 * split: [table.rows].
 */
export function fitEncoder(table: Table, split: Uint8Array, options: EncoderOptions): Encoder {
  const fit = new EncoderFit(options);
  fit.add(table, split);
  return fit.finish();
}

/** The same from the parts of a table, one after the other. */
export class EncoderFit {
  readonly #options: EncoderOptions;
  #columns: readonly ColumnFit[] | null = null;

  constructor(options: EncoderOptions) {
    this.#options = options;
  }

  /** split: [table.rows] */
  add({ columns }: Table, split: Uint8Array): void {
    const sorter = this.#options.sorter ?? ((): NumberSorter => new MemorySorter());
    this.#columns ??= columns.map((column) => fitOf(column, this.#options.rolesOf(column.name), sorter));
    for (const [i, column] of columns.entries()) this.#columns[i]!.add(column, split);
  }

  finish(): Encoder {
    const columns: ColumnCode[] = [], omitted: { name: string; reason: string }[] = [];
    let offset = 0;
    for (const fit of this.#columns ?? []) {
      const code = fit.finish(offset, this.#options.numbers);
      if (typeof code === 'string') omitted.push({ name: fit.name, reason: code });
      else {
        columns.push(code);
        offset += code.width;
      }
    }
    return { width: offset, columns, omitted };
  }
}

interface ColumnFit {
  readonly name: string;
  add(column: Column, split: Uint8Array): void;
  /** The column's code, or the reason why it has none. */
  finish(offset: number, numbers: EncoderOptions['numbers']): ColumnCode | string;
}

function fitOf({ name, kind }: Column, roles: readonly ColumnRole[], sorter: () => NumberSorter): ColumnFit {
  const other = roles.filter((role) => role !== 'feature' && role !== 'protected');
  if (other.length > 0) return { name, add: () => {}, finish: () => other.join(', ') };
  return kind === 'number' ? new NumberFit(name, sorter()) : new CategoryFit(name, sorter);
}

class NumberFit implements ColumnFit {
  readonly name: string;
  readonly #counter = new RowCounter();
  readonly #train: NumberSorter;
  /** Rows of the train part by value; null with more values than two, in any part. */
  #few: Map<number, number> | null = new Map();
  #rows = 0;
  #trainRows = 0;
  #missing = 0;
  /** Of the train part. */
  #min = Infinity;
  #max = -Infinity;

  constructor(name: string, train: NumberSorter) {
    this.name = name;
    this.#train = train;
  }

  add(column: NumberColumn, split: Uint8Array): void {
    const { values } = column;
    this.#counter.add(values);
    this.#rows += values.length;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!, isTrain = split[i] === TRAIN;
      if (isTrain) this.#trainRows++;
      if (Number.isNaN(value)) this.#missing++;
      else this.#addValue(value, isTrain);
    }
  }

  finish(offset: number, numbers: EncoderOptions['numbers']): ColumnCode | string {
    const identifier = this.#counter.reason(), { name } = this;
    if (identifier !== null) return identifier;
    if (this.#few !== null) {
      const levels = [...this.#few].sort(([a], [b]) => a - b).map(([value, count]) => [String(value), count] as const);
      return categoryCode({ name, levels, isWhole: true, rows: this.#rows, trainRows: this.#trainRows, missing: this.#missing }, offset);
    }
    if (this.#train.length === 0) return 'no value in the train part';
    if (this.#min === this.#max) return `constant: ${this.#min} wherever the train part has a value`;
    const missingIndicator = this.#missing > 0;
    const code: NumberCode = { kind: 'number', name, offset, width: missingIndicator ? 2 : 1, missingIndicator, ...fitNumber(this.#train, numbers) };
    return code;
  }

  #addValue(value: number, isTrain: boolean): void {
    if (isTrain) {
      this.#train.add(value);
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
    }
    if (this.#few === null) return;
    this.#few.set(value + 0, (this.#few.get(value + 0) ?? 0) + Number(isTrain));
    if (this.#few.size > BINARY) this.#few = null;
  }
}

class CategoryFit implements ColumnFit {
  readonly name: string;
  readonly #counts: LevelCounts;

  constructor(name: string, sorter: () => NumberSorter) {
    this.name = name;
    this.#counts = new LevelCounts(sorter);
  }

  add(column: Column, split: Uint8Array): void {
    if (column.kind === 'category') this.#counts.add(column, split);
  }

  finish(offset: number): ColumnCode | string {
    const { levels, isWhole, distinct, rows, trainRows, missing } = this.#counts, identifier = textIdentifier(distinct, rows - missing);
    return identifier ?? categoryCode({ name: this.name, levels: [...levels], isWhole, rows, trainRows, missing }, offset);
  }
}

interface CountedLevels {
  readonly name: string;
  /** Levels with their rows of the train part. */
  readonly levels: readonly (readonly [string, number])[];
  /** Whether there are no levels beside these. */
  readonly isWhole: boolean;
  readonly rows: number;
  readonly trainRows: number;
  readonly missing: number;
}

function categoryCode({ name, levels: all, isWhole, rows, trainRows, missing }: CountedLevels, offset: number): CategoryCode | string {
  if (missing === rows) return 'every value is missing';
  if (all.length === 1 && missing === 0 && isWhole) return `constant: ${JSON.stringify(all[0]![0])}`;
  const floor = Math.max(RARE_ROWS, RARE_SHARE * trainRows);
  const levels = all.filter(([level, count]) => count >= floor && level !== RARE && level !== MISSING).map(([level]) => level);
  if (levels.length < all.length || !isWhole) levels.push(RARE);
  if (missing > 0) levels.push(MISSING);
  if (levels.length < 2) return `no value is found in ${Math.ceil(floor)} rows of the train part`;
  return { kind: 'category', name, offset, width: levels.length, levels };
}
