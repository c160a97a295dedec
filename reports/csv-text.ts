import { numberText } from './number-text.ts';

export type CsvCell = string | number | boolean | null;

/** What a spreadsheet would take for a formula at the start of a text cell (OWASP, "CSV Injection"), full-width forms too. */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const LINE_END = '\n';

/** One cell: numbers with 9 significant digits, text neutralised when a spreadsheet would run it, control characters as `\u…`, quoted when needed. */
export function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return numberText(cell);
  if (typeof cell === 'boolean') return cell ? 'true' : 'false';
  const inert = FORMULA.test(cell) ? `'${cell}` : cell;
  const printable = inert.toWellFormed().replace(CONTROL, (match) => `\\u${match.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return /[",\r\n\t]/.test(printable) ? `"${printable.replaceAll('"', '""')}"` : printable;
}

export function csvLine(cells: readonly CsvCell[]): string {
  return cells.map(csvCell).join(',') + LINE_END;
}

/** The lines of a file as UTF-8 parts of about `partBytes`, so that no part outgrows an object of the store. */
export function* csvParts(header: readonly string[], lines: Iterable<readonly CsvCell[]>, partBytes = 4 * 1024 * 1024): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let waiting = [csvLine(header)], length = waiting[0]!.length;
  for (const cells of lines) {
    const line = csvLine(cells);
    waiting.push(line);
    length += line.length;
    if (length < partBytes) continue;
    yield encoder.encode(waiting.join(''));
    waiting = [];
    length = 0;
  }
  if (waiting.length > 0) yield encoder.encode(waiting.join(''));
}
