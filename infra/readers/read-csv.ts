import type { ColumnBuilder } from './column-builder.ts';
import { parseCsv } from './parse-csv.ts';
import type { CsvEnd, CsvOptions } from './parse-csv.ts';
import { readHeader } from './read-header.ts';
import { readerErrors } from './reader-error.ts';
import type { Source } from './source.ts';
import type { TableBuilder } from './table-builder.ts';

export interface CsvRead extends CsvEnd {
  /** Values in single quotes, which are read without them: names of columns, and cells. */
  readonly quoted: { readonly names: number; readonly cells: number };
}

/** Adds a CSV file's rows to the table. @throws ReaderError naming file, line and column of what cannot be read. */
export async function readCsv(source: Source, table: TableBuilder, options: CsvOptions): Promise<CsvRead> {
  const file = source.name;
  let builders: readonly ColumnBuilder[] = [], blank = 0, quoted = 0, names = 0;
  // ARFF and what is made from it (OpenML) quote values with single quotes, which CSV does not know.
  const unquoted = (text: string): string => {
    if (!isQuoted(text)) return text;
    quoted++;
    return text.slice(1, -1).trim();
  };
  const place = { file, unit: 'line' as const, number: 0 };
  const { delimiter, emptyLines } = await parseCsv(source, options, (cells, line) => {
    place.number = line;
    if (builders.length === 0) {
      const named = table.reading.columns;
      if (named !== null && named.length !== cells.length) throw readerErrors.columnCount(place, cells.length, named.length);
      builders = table.begin(file, readHeader((named ?? cells).map(unquoted), place));
      names = quoted;
      if (named === null) return;
    }
    if (cells.length === 1 && cells[0] === '' && builders.length > 1) {
      blank++;
      return;
    }
    if (cells.length !== builders.length) throw readerErrors.ragged(place, cells.length, builders.length, builders[Math.min(cells.length, builders.length - 1)]!.name);
    for (let i = 0; i < builders.length; i++) builders[i]!.add(unquoted(cells[i]!.trim()), place);
  });
  if (builders.length === 0) throw readerErrors.empty(file);
  table.end();
  return { delimiter, emptyLines: emptyLines + blank, quoted: { names, cells: quoted - names } };
}

/** What to say of values in single quotes; nothing where there are none. */
export function singleQuoteNotes(quoted: number): readonly string[] {
  return quoted === 0 ? [] : [`${quoted} ${quoted === 1 ? 'value stands' : 'values stand'} in single quotes and ${quoted === 1 ? 'is' : 'are'} read without them`];
}

function isQuoted(text: string): boolean {
  return text.length > 2 && text.startsWith("'") && text.endsWith("'");
}
