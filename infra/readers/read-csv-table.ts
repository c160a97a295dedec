import type { Table } from '../../models/table.ts';
import { ColumnBuilder } from './column-builder.ts';
import { parseCsv } from './parse-csv.ts';
import type { CsvOptions } from './parse-csv.ts';
import { checkWanted, readHeader } from './read-header.ts';
import type { WantedColumn } from './read-header.ts';
import { readerErrors } from './reader-error.ts';

/** From this share of numbers on, cells that are no numbers are mistakes in a column of numbers, not values of a category. */
const MISTAKE_SHARE = 0.9;

/** With no more distinct values than this a column with words is a category, however many of its values look like numbers. */
const MISTAKE_DISTINCT = 20;

export interface TableOptions extends CsvOptions {
  /** Names of the columns of a file without a header line. */
  readonly columns: readonly string[] | null;
  readonly missing: readonly string[];
  readonly wanted: readonly WantedColumn[];
  /** Every value of these is a category, whatever it looks like. */
  readonly asText: ReadonlySet<string>;
  /** Every value of these must be a number. */
  readonly asNumber: ReadonlySet<string>;
  /** Columns where words among numbers make a category, never an error. */
  readonly lenient: ReadonlySet<string>;
  /** No two rows may have the same value here. */
  readonly unique: string | null;
}

export interface CsvTable {
  readonly table: Table;
  readonly delimiter: string;
  readonly emptyLines: number;
}

/**
 * A CSV file as typed columns: numbers where every value present is one, categories elsewhere.
 * @throws ReaderError naming file, line and column of what cannot be read.
 */
export async function readCsvTable(path: string, options: TableOptions): Promise<CsvTable> {
  const first = await readOnce(path, options, options.asText);
  const conflicts = first.builders.filter((builder) => builder.conflict).map((builder) => builder.name);
  // Words turned up after the texts of the numbers before them had been let go: read those columns as text.
  const whole = conflicts.length === 0 ? first : await readOnce(path, options, new Set([...options.asText, ...conflicts]));
  const columns = whole.builders.map((builder) => builder.finish());
  return { table: { rows: whole.rows, columns }, delimiter: whole.delimiter, emptyLines: whole.emptyLines };
}

interface Pass {
  readonly builders: readonly ColumnBuilder[];
  readonly rows: number;
  readonly delimiter: string;
  readonly emptyLines: number;
}

async function readOnce(path: string, options: TableOptions, asText: ReadonlySet<string>): Promise<Pass> {
  const missing = new Set(options.missing);
  let builders: readonly ColumnBuilder[] = [], rows = 0, blank = 0;
  const begin = (names: readonly string[]): readonly ColumnBuilder[] => {
    checkWanted(path, names, options.wanted);
    return names.map((name) => new ColumnBuilder(name, asText.has(name)));
  };
  const { delimiter, emptyLines } = await parseCsv(path, options, (cells, line) => {
    const place = { file: path, line };
    if (builders.length === 0 && options.columns === null) {
      builders = begin(readHeader(cells, place));
      return;
    }
    if (builders.length === 0) {
      if (options.columns!.length !== cells.length) throw readerErrors.columnCount(place, cells.length, options.columns!.length);
      builders = begin(readHeader(options.columns!, place));
    }
    if (cells.length === 1 && cells[0] === '' && builders.length > 1) blank++;
    else addRow(builders, cells, { ...place, row: rows++ }, missing, options.unique);
  });
  if (builders.length === 0) throw readerErrors.empty(path);
  if (rows < 2) throw readerErrors.fewRows(path, rows);
  for (const builder of builders) checkKind(path, builder, options);
  return { builders, rows, delimiter, emptyLines: emptyLines + blank };
}

interface RowPlace {
  readonly file: string;
  readonly line: number;
  readonly row: number;
}

function addRow(builders: readonly ColumnBuilder[], cells: readonly string[], place: RowPlace, missing: ReadonlySet<string>, unique: string | null): void {
  if (cells.length !== builders.length) {
    const column = builders[Math.min(cells.length, builders.length - 1)]!.name;
    throw readerErrors.ragged(place, cells.length, builders.length, column);
  }
  for (let i = 0; i < builders.length; i++) {
    const builder = builders[i]!, text = cells[i]!.trim();
    const fresh = builder.add(missing.has(text) ? null : text, place.line);
    if (!fresh && builder.name === unique) throw readerErrors.duplicateId(place, unique, text, builder.rowOf(text), place.row);
  }
}

function checkKind(file: string, builder: ColumnBuilder, options: TableOptions): void {
  const bad = builder.firstBad;
  if (bad === null || options.lenient.has(builder.name)) return;
  const looksNumeric = builder.numberShare >= MISTAKE_SHARE && (builder.conflict || builder.distinctTexts > MISTAKE_DISTINCT);
  if (!looksNumeric && !options.asNumber.has(builder.name)) return;
  const place = { file, line: bad.line };
  if (bad.infinite) throw readerErrors.infinite(place, builder.name, bad.text);
  throw readerErrors.badNumber(place, builder.name, bad.text, builder.numbers, builder.rows - builder.missing - builder.numbers);
}
