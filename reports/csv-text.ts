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

const PART_BYTES = 4 * 1024 * 1024;

/** The lines of a file as UTF-8 parts of about `partBytes`, so that no part outgrows an object of the store. */
export function* csvParts(header: readonly string[], lines: Iterable<readonly CsvCell[]>, partBytes = PART_BYTES): Generator<Uint8Array> {
  const waiting = new WaitingLines(header, partBytes);
  yield* waiting.add(lines);
  yield* waiting.rest();
}

/** The same of lines that come some at a time. */
export async function* csvPartsOf(header: readonly string[], batches: AsyncIterable<Iterable<readonly CsvCell[]>>, partBytes = PART_BYTES): AsyncGenerator<Uint8Array> {
  const waiting = new WaitingLines(header, partBytes);
  for await (const lines of batches) yield* waiting.add(lines);
  yield* waiting.rest();
}

class WaitingLines {
  readonly #encoder = new TextEncoder();
  readonly #partBytes: number;
  #lines: string[];
  #length: number;

  constructor(header: readonly string[], partBytes: number) {
    this.#partBytes = partBytes;
    this.#lines = [csvLine(header)];
    this.#length = this.#lines[0]!.length;
  }

  *add(lines: Iterable<readonly CsvCell[]>): Generator<Uint8Array> {
    for (const cells of lines) {
      const line = csvLine(cells);
      this.#lines.push(line);
      this.#length += line.length;
      if (this.#length >= this.#partBytes) yield* this.rest();
    }
  }

  *rest(): Generator<Uint8Array> {
    if (this.#lines.length > 0) yield this.#encoder.encode(this.#lines.join(''));
    this.#lines = [];
    this.#length = 0;
  }
}
