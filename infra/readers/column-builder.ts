import { damagedErrors } from './damaged-error.ts';
import { FirstRepeat } from './first-repeat.ts';
import { codeChunks, numberChunks, packedCategory, packedNumbers, packedTexts } from './packed-column.ts';
import type { CodeChunks, NumberChunks, PackedColumn } from './packed-column.ts';
import { readerErrors } from './reader-error.ts';
import type { Place } from './reader-error.ts';
import type { Spill } from './spill.ts';
import { TextChunks } from './text-chunks.ts';

/** A column of numbers with more distinct values than this is kept as numbers alone. */
const DICTIONARY_LIMIT = 4096;

/** A column of texts with more distinct values than this, or of more characters in them, has no dictionary of its own. */
const MOST_LEVELS = 65_536;
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** Rows that are unpacked at once when a column changes its kind. */
const CONVERTED_ROWS = 65_536;

/** Decimal numbers as spreadsheets and programs write them; no hexadecimal, no separators of thousands, no words. */
export const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;

/** What a file with types says that a column holds; `none` where every value is null. */
export type ValueType = 'number' | 'text' | 'boolean' | 'none';

export interface BadCell {
  readonly place: Place;
  readonly text: string;
  readonly infinite: boolean;
}

/** What a builder knows of its rows, for another one to go on from. */
export interface PieceColumn {
  readonly name: string;
  readonly rows: number;
  readonly missing: number;
  readonly numbers: number;
  readonly type: ValueType;
  /** Whether cells without a type were no numbers. */
  readonly words: boolean;
  /** Whether values that are known to differ in type came together, as only a lenient column lets them. */
  readonly mixed: boolean;
  /** Whether they are held as numbers, whose texts were let go; else as texts, those of numbers too. */
  readonly isNumbers: boolean;
}

export interface ColumnOptions {
  /** Every value is a category, whatever it looks like. */
  readonly asText: boolean;
  /** Values of several types make a category, never an error. */
  readonly lenient: boolean;
  /** No two rows may have the same value. */
  readonly unique: boolean;
  /** Texts that stand for a missing value. */
  readonly missing: ReadonlySet<string>;
  /** Where rows go that memory does not hold. */
  readonly spill: Spill;
}

/**
 * Collects the cells of one column. `add` takes text without a type and finds out on the way whether it is numbers: while that is open
 * both the numbers and a dictionary of texts are kept; the first text that is no number settles for the dictionary, more than
 * DICTIONARY_LIMIT distinct numbers settle for numbers. A text after that is a `conflict`: the file must be read again with the column
 * forced to text, unless so few cells are no numbers that they are mistakes. `addNumber`, `addText` and `addBoolean` take values whose
 * type is known; a second type is an error.
 */
export class ColumnBuilder {
  readonly name: string;
  readonly options: ColumnOptions;
  missing = 0;
  numbers = 0;
  conflict = false;
  firstBad: BadCell | null = null;
  #rows = 0;
  #mixed = false;
  #type: ValueType = 'none';
  #values: NumberChunks | null;
  #codes: CodeChunks | null;
  #levels = new Map<string, number>();
  #characters = 0;
  /** Takes the place of codes and levels when these are too many. */
  #texts: TextChunks | null = null;
  #repeat: FirstRepeat | null = null;
  readonly #missingNumbers: ReadonlySet<number>;

  constructor(name: string, options: ColumnOptions) {
    this.name = name;
    this.options = options;
    this.#missingNumbers = new Set([...options.missing].filter((text) => NUMBER.test(text)).map(Number));
    this.#values = options.asText ? null : numberChunks(options.spill);
    this.#codes = codeChunks(options.spill);
  }

  get rows(): number {
    return this.#rows;
  }

  get distinctTexts(): number {
    return this.#texts === null ? this.#levels.size : MOST_LEVELS;
  }

  /** text: a cell without a type, trimmed. place: may be used again by the caller. @throws ReaderError `duplicate-id` */
  add(text: string, place: Place): void {
    if (this.options.missing.has(text)) return this.addMissing();
    this.#push(this.options.asText ? Number.NaN : this.#judge(text, place), this.#codes === null && this.#texts === null ? null : text, place);
    if (this.#values !== null && this.#codes !== null && this.#levels.size > DICTIONARY_LIMIT) this.#settle('number');
  }

  /** NaN is a missing value. @throws ReaderError `infinite`, `mixed-types`, `duplicate-id` */
  addNumber(value: number | bigint, place: Place): void {
    const number = Number(value);
    if (Number.isNaN(number) || this.#missingNumbers.has(number)) return this.addMissing();
    if (!Number.isFinite(number)) throw readerErrors.infinite(place, this.name, String(value));
    if (this.options.asText || !this.#accept('number', String(value), place)) return this.#push(Number.NaN, String(value), place);
    this.numbers++;
    this.#push(number, null, place);
  }

  /** @throws ReaderError `mixed-types`, `duplicate-id` */
  addText(text: string, place: Place): void {
    const trimmed = text.trim();
    if (this.options.missing.has(trimmed)) return this.addMissing();
    this.#accept('text', trimmed, place);
    this.#push(Number.NaN, trimmed, place);
  }

  addBoolean(value: boolean, place: Place): void {
    this.#accept('boolean', String(value), place);
    this.#push(Number.NaN, String(value), place);
  }

  /** Rows of numbers that another builder read; NaN is a missing value. */
  addNumbers(values: Float64Array): void {
    this.#settle('number');
    for (const value of values) {
      if (Number.isNaN(value)) {
        this.addMissing();
        continue;
      }
      this.numbers++;
      this.#values?.push(value);
      this.#rows++;
    }
  }

  /** Rows of texts that another builder read, in a column that is all text. levels: in order of appearance. @throws ReaderError `duplicate-id` */
  addTexts(codes: Int32Array, levels: readonly string[], place: Place): void {
    if (this.#codes === null || this.options.unique) {
      for (const code of codes) {
        if (code < 0) this.addMissing();
        else this.#push(Number.NaN, levels[code]!, place);
      }
      return;
    }
    const renamed = levels.map((level) => this.#codeOf(level));
    for (const code of codes) {
      if (code < 0) this.missing++;
      this.#codes.push(code < 0 ? -1 : renamed[code]!);
    }
    this.#rows += codes.length;
    this.#keepDictionarySmall(this.#codes);
  }

  addMissing(): void {
    this.missing++;
    this.#values?.push(Number.NaN);
    this.#codes?.push(-1);
    this.#texts?.push(null);
    this.#rows++;
  }

  /** The first row that holds a text of the dictionary; -1 when none does. */
  rowOf(text: string): number {
    return this.#codes?.read(0, this.#rows).indexOf(this.#levels.get(text) ?? -2) ?? -1;
  }

  /** Share of the values present that are numbers; 0 for a column forced to text. */
  get numberShare(): number {
    return this.#rows === this.missing ? 0 : this.numbers / (this.#rows - this.missing);
  }

  /** The rows so far, when more of the column lie elsewhere: nothing is decided that depends on them. */
  piece(): { readonly known: PieceColumn; readonly column: PackedColumn } {
    const { name, missing, numbers } = this, rows = this.#rows, values = this.#values;
    const column = this.#texts !== null ? packedTexts(name, this.#texts, missing)
      : this.#codes === null && values !== null ? packedNumbers(name, values, missing) : packedCategory(name, this.#codes ?? codeChunks(this.options.spill), [...this.#levels.keys()], missing);
    return { known: { name, rows, missing, numbers, type: this.#type, words: this.firstBad !== null, mixed: this.#mixed, isNumbers: column.kind === 'number' }, column };
  }

  /** The whole column. One without any value is a category without levels. file: for the message. @throws ReaderError `duplicate-id` */
  finish(file: string): PackedColumn {
    if (this.#values !== null && this.numbers > 0) return packedNumbers(this.name, this.#values, this.missing);
    if (this.#texts === null) return packedCategory(this.name, this.#codes ?? codeChunks(this.options.spill), [...this.#levels.keys()], this.missing);
    const column = packedTexts(this.name, this.#texts, this.missing), repeat = this.#repeat?.find(column) ?? null;
    if (repeat !== null) throw readerErrors.duplicateId({ file, unit: 'row', number: repeat.second }, this.name, repeat.text, repeat.first, repeat.second);
    return column;
  }

  /** Whether the value is of the column's type; false when a column that minds no types becomes text. */
  #accept(type: ValueType, value: string, place: Place): boolean {
    if (this.#type === 'none') {
      this.#type = type;
      this.#settle(type);
    }
    if (this.#type === type || this.options.asText) return true;
    if (!this.options.lenient) throw damagedErrors.mixedTypes(place, this.name, type, value, { number: 'numbers', text: 'texts', boolean: 'true and false', none: '' }[this.#type]);
    this.#mixed = true;
    this.#becomeText();
    return false;
  }

  #settle(type: ValueType): void {
    if (this.options.asText) return;
    if (type === 'number') {
      this.#codes?.drop();
      this.#codes = null;
      this.#levels = new Map();
    } else this.#dropValues();
  }

  #becomeText(): void {
    const values = this.#values;
    if (values === null) return;
    this.#values = null;
    this.#codes = codeChunks(this.options.spill);
    for (let start = 0; start < this.#rows; start += CONVERTED_ROWS) {
      for (const value of values.read(start, Math.min(this.#rows, start + CONVERTED_ROWS))) this.#pushText(Number.isNaN(value) ? null : String(value));
    }
    values.drop();
  }

  #push(value: number, text: string | null, place: Place): void {
    const known = this.#levels.size, counted = this.#texts === null;
    this.#values?.push(value);
    this.#pushText(text);
    if (this.options.unique && text !== null && counted && this.#levels.size === known) throw readerErrors.duplicateId(place, this.name, text, this.rowOf(text), this.#rows);
    this.#rows++;
  }

  #pushText(text: string | null): void {
    if (this.#texts !== null) {
      this.#texts.push(text);
      if (text !== null) this.#repeat?.add(text);
      return;
    }
    if (this.#codes === null) return;
    this.#codes.push(text === null ? -1 : this.#codeOf(text));
    this.#keepDictionarySmall(this.#codes);
  }

  #keepDictionarySmall(codes: CodeChunks): void {
    if (this.#values === null && (this.#levels.size > MOST_LEVELS || this.#characters > MOST_CHARACTERS)) this.#giveUpDictionary(codes);
  }

  #giveUpDictionary(codes: CodeChunks): void {
    const levels = [...this.#levels.keys()], texts = new TextChunks(this.options.spill);
    for (let start = 0; start < codes.length; start += CONVERTED_ROWS) {
      for (const code of codes.read(start, Math.min(codes.length, start + CONVERTED_ROWS))) texts.push(code < 0 ? null : levels[code]!);
    }
    if (this.options.unique) {
      this.#repeat = new FirstRepeat(this.options.spill);
      for (const level of levels) this.#repeat.add(level);
    }
    codes.drop();
    this.#codes = null;
    this.#levels = new Map();
    this.#texts = texts;
  }

  #codeOf(text: string): number {
    const known = this.#levels.get(text);
    if (known !== undefined) return known;
    this.#characters += text.length;
    this.#levels.set(text, this.#levels.size);
    return this.#levels.size - 1;
  }

  /** The value of the text, NaN when it is no finite number; settles the column's kind. */
  #judge(text: string, place: Place): number {
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (Number.isFinite(value)) {
      this.numbers++;
      return value;
    }
    this.firstBad ??= { place: { ...place }, text, infinite: INFINITE.test(text) || NUMBER.test(text) };
    if (this.#codes === null && this.#texts === null) this.conflict = true;
    else this.#dropValues();
    return Number.NaN;
  }

  #dropValues(): void {
    this.#values?.drop();
    this.#values = null;
  }
}
