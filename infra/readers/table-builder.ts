import type { Table } from '../../models/table.ts';
import { ColumnBuilder } from './column-builder.ts';
import type { ValueType } from './column-builder.ts';
import { damagedErrors, LONGEST_NAME } from './damaged-error.ts';
import type { PackedColumn } from './packed-column.ts';
import { checkWanted } from './read-header.ts';
import type { WantedColumn } from './read-header.ts';
import { readerErrors } from './reader-error.ts';
import type { Spill } from './spill.ts';

/** From this share of numbers on, cells that are no numbers are mistakes in a column of numbers, not values of a category. */
export const MISTAKE_SHARE = 0.9;

/** With no more distinct values than this a column with words is a category, however many of its values look like numbers. */
export const MISTAKE_DISTINCT = 20;

export interface ColumnReading {
  /** Names of the columns of a text file without a header line. */
  readonly columns: readonly string[] | null;
  readonly missing: readonly string[];
  readonly wanted: readonly WantedColumn[];
  /** Every value of these is a category, whatever it looks like. */
  readonly asText: ReadonlySet<string>;
  /** Every value of these must be a number. */
  readonly asNumber: ReadonlySet<string>;
  /** Columns where words among numbers make a category, never an error; what cannot be read in them is missing. */
  readonly lenient: ReadonlySet<string>;
  /** No two rows may have the same value here. */
  readonly unique: string | null;
}

/** How many numbers and other values a column held when a file began. */
interface Tally {
  readonly numbers: number;
  readonly others: number;
}

const TYPE_WORDS: Readonly<Record<ValueType, string>> = { number: 'numbers', text: 'text', boolean: 'true and false', none: 'no value' };

/** Collects the rows of one file after the other into one table; a column is the one of its name, whatever its place in a file. */
export class TableBuilder {
  readonly reading: ColumnReading;
  readonly spill: Spill;
  readonly notes: string[] = [];
  readonly #missing: ReadonlySet<string>;
  readonly #builders = new Map<string, ColumnBuilder>();
  readonly #types = new Map<string, { readonly type: ValueType; readonly file: string }>();
  #file = '';
  #firstFile: string | null = null;
  #firstRow = 0;
  #tallies = new Map<string, Tally>();

  constructor(reading: ColumnReading, spill: Spill) {
    this.reading = reading;
    this.spill = spill;
    this.#missing = new Set(reading.missing);
  }

  get rows(): number {
    return this.#builders.values().next().value?.rows ?? 0;
  }

  get width(): number {
    return this.#builders.size;
  }

  get columns(): readonly ColumnBuilder[] {
    return [...this.#builders.values()];
  }

  /** What files with types say of their columns. */
  get types(): ReadonlyMap<string, ValueType> {
    return new Map([...this.#types].map(([name, { type }]) => [name, type]));
  }

  /** The row of the current file that comes next. */
  get rowOfFile(): number {
    return this.rows - this.#firstRow;
  }

  /**
   * A file begins that has these columns; returns their builders in the file's order; a column without a name is called `column_3` by its place. types: what a file with types says of them.
   * @throws ReaderError `duplicate-column`, `unknown-column` for the first file, `columns-differ`, `types-differ`, `long-name`.
   */
  begin(file: string, given: readonly string[], types: readonly ValueType[] | null = null): readonly ColumnBuilder[] {
    const names = given.map((name, i) => (name.trim() === '' ? `column_${i + 1}` : name.trim()));
    const twice = new Set(names).size === names.length ? undefined : names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw damagedErrors.columnTwice(file, twice);
    for (const [i, name] of names.entries()) refuseLong(file, i + 1, name);
    this.#enter(file);
    if (this.#firstFile === null) {
      checkWanted(file, names, this.reading.wanted);
      this.#firstFile = file;
      for (const name of names) this.#builders.set(name, this.#make(name));
    } else this.#compare(file, names);
    for (const [i, name] of names.entries()) if (types !== null) this.#declare(file, name, types[i]!);
    return names.map((name) => this.#builders.get(name)!);
  }

  /** A file begins whose columns turn up on the way: `column` makes them. */
  beginOpen(file: string): void {
    this.#enter(file);
    this.#firstFile ??= file;
  }

  /** The column of that name, made and filled up with missing values when it is new. rows: how many rows there are by now. */
  column(name: string, rows: number): ColumnBuilder {
    const known = this.#builders.get(name);
    if (known !== undefined) return known;
    refuseLong(this.#file, this.width + 1, name);
    const builder = this.#make(name);
    for (let row = 0; row < rows; row++) builder.addMissing();
    this.#builders.set(name, builder);
    return builder;
  }

  /** The current file ends. @throws ReaderError `types-differ` when a column of it is words and was numbers before, or the other way round. */
  end(): void {
    for (const [name, before] of this.#tallies) {
      const builder = this.#builders.get(name)!, after = tallyOf(builder);
      const here = { numbers: after.numbers - before.numbers, others: after.others - before.others };
      if (this.#isFree(name)) continue;
      if (before.others === 0 && before.numbers > 0 && here.numbers === 0 && here.others > 0) throw this.#differ(name, 'text', 'number');
      if (before.numbers === 0 && before.others > 0 && here.others === 0 && here.numbers > 0) throw this.#differ(name, 'number', 'text');
    }
  }

  #differ(name: string, found: ValueType, expected: ValueType): Error {
    return damagedErrors.typesDiffer(this.#file, name, TYPE_WORDS[found], this.#firstFile!, TYPE_WORDS[expected]);
  }

  /** @throws ReaderError `empty`, `few-rows`, `bad-number`, `infinite` */
  finish(): readonly PackedColumn[] {
    const { rows } = this, file = this.#firstFile ?? this.#file;
    if (this.#builders.size === 0) throw readerErrors.empty(file);
    if (rows < 2) throw readerErrors.fewRows(file, rows, this.#types.size === 0);
    for (const builder of this.#builders.values()) this.#checkKind(builder);
    return this.columns.map((builder) => builder.finish(file));
  }

  #checkKind(builder: ColumnBuilder): void {
    const { name, firstBad: bad } = builder;
    if (bad === null || this.reading.lenient.has(name)) return;
    const looksNumeric = builder.numberShare >= MISTAKE_SHARE && (builder.conflict || builder.distinctTexts > MISTAKE_DISTINCT);
    if (!looksNumeric && !this.reading.asNumber.has(name)) return;
    if (bad.infinite) throw readerErrors.infinite(bad.place, name, bad.text);
    throw readerErrors.badNumber(bad.place, name, bad.text, builder.numbers, builder.rows - builder.missing - builder.numbers);
  }

  #enter(file: string): void {
    this.#file = file;
    this.#firstRow = this.rows;
    this.#tallies = new Map(this.#firstRow === 0 ? [] : [...this.#builders].map(([name, builder]) => [name, tallyOf(builder)]));
  }

  #make(name: string): ColumnBuilder {
    const { asText, lenient, unique } = this.reading;
    return new ColumnBuilder(name, { asText: asText.has(name), lenient: lenient.has(name), unique: unique === name, missing: this.#missing, spill: this.spill });
  }

  #compare(file: string, names: readonly string[]): void {
    const here = new Set(names), missing = [...this.#builders.keys()].filter((name) => !here.has(name));
    const extra = names.filter((name) => !this.#builders.has(name));
    if (missing.length > 0 || extra.length > 0) throw damagedErrors.columnsDiffer(file, this.#firstFile!, missing, extra);
  }

  #declare(file: string, name: string, type: ValueType): void {
    const before = this.#types.get(name);
    if (type === 'none' || this.#isFree(name)) return;
    if (before === undefined) this.#types.set(name, { type, file });
    else if (before.type !== type) throw damagedErrors.typesDiffer(file, name, TYPE_WORDS[type], before.file, TYPE_WORDS[before.type]);
  }

  /** Whether the column may hold values of several types. */
  #isFree(name: string): boolean {
    return this.reading.lenient.has(name) || this.reading.asText.has(name);
  }
}

function refuseLong(file: string, position: number, name: string): void {
  if (name.length > LONGEST_NAME) throw damagedErrors.longName(file, position, name);
}

function tallyOf(builder: ColumnBuilder): Tally {
  return { numbers: builder.numbers, others: builder.rows - builder.missing - builder.numbers };
}

/** All columns unpacked. */
export function tableOf(columns: readonly PackedColumn[]): Table {
  return { rows: columns[0]?.rows ?? 0, columns: columns.map((column) => column.read()) };
}
