import { StringDecoder } from 'node:string_decoder';
import type { ColumnBuilder } from './column-builder.ts';
import { damagedErrors } from './damaged-error.ts';
import { readUtf8 } from './read-utf8.ts';
import { at, ReaderError, readerErrors, shown } from './reader-error.ts';
import type { Place } from './reader-error.ts';
import type { Source } from './source.ts';
import type { TableBuilder } from './table-builder.ts';

/** Numbers of one block, which become columns each. */
const MOST_NUMBERS = 20_000;
const LONGEST_LINE = 1024 * 1024;
const NUMBERS = /^[ \t]+[+-]?[\d.][^ \t]*(?:[ \t]+[+-]?[\d.][^ \t]*)+[ \t]*$/;

export interface BlocksOptions {
  readonly encoding: string;
  readonly signal?: AbortSignal;
}

interface Block {
  readonly label: string;
  readonly line: number;
  readonly steps: { readonly line: number; readonly cells: readonly string[] }[];
}

const errors = {
  unlabelled: (place: Place): ReaderError =>
    new ReaderError('ragged', `${at(place)}: an indented line stands in no block; expected a label, not indented, on the first line of each block: mend the line, or take out the blank line before it`),
  lines: (place: Place, { label, steps }: Block, expected: number): ReaderError =>
    new ReaderError('ragged', `${at(place)}: the block ${shown(label)} that begins here has ${steps.length} ${steps.length === 1 ? 'line' : 'lines'} of numbers, expected ${expected} as in the first block; mend the block, or take it out`),
  cells: (place: Place, found: number, expected: number): ReaderError =>
    new ReaderError('ragged', `${at(place)}: the line has ${found} ${found === 1 ? 'number' : 'numbers'}, expected ${expected} as in the first block; mend the line, or take its block out`),
};

/** Whether a text that begins like this holds labelled blocks: one word, then an indented line of two numbers or more. */
export function looksLikeBlocks(head: Uint8Array): boolean {
  const [label, first] = Buffer.from(head).toString('utf8').replace(/^\ufeff/, '').split(/\r?\n/).filter((line) => line.trim() !== '');
  return label !== undefined && first !== undefined && /^[^\s,;|"']+\s*$/.test(label) && Number.isNaN(Number(label)) && NUMBERS.test(first);
}

/**
 * Adds a file of labelled blocks to the table. A block is a label on a line of its own and below it indented lines, one a time step, of one
 * number a series; blank lines lie between blocks. Each block becomes one row: its number (from 1), its label, and for every series and
 * step a column such as `f1_t01`. All blocks have the size of the first.
 * @throws ReaderError `ragged`, `column-count`, `too-large`, `empty`, and those of `readUtf8`.
 */
export async function readBlocks(source: Source, table: TableBuilder, options: BlocksOptions): Promise<{ readonly emptyLines: number }> {
  const rows = new BlockRows(source.name, table);
  let block: Block | null = null, line = 0;
  const end = (): void => {
    if (block !== null) rows.add(block);
    block = null;
  };
  for await (const text of linesOf(source, options)) {
    const content = text.trim();
    line++;
    if (content === '') end();
    else if (!/^\s/.test(text)) {
      end();
      block = { label: content, line, steps: [] };
    } else if (block === null) throw errors.unlabelled({ file: source.name, unit: 'line', number: line });
    else rows.extend(block, { line, cells: content.split(/[ \t]+/) });
  }
  end();
  rows.finish();
  // Blank lines divide blocks: none is one too many.
  return { emptyLines: 0 };
}

class BlockRows {
  readonly #file: string;
  readonly #table: TableBuilder;
  #builders: readonly ColumnBuilder[] = [];
  #steps = 0;
  #series = 0;

  constructor(file: string, table: TableBuilder) {
    this.#file = file;
    this.#table = table;
  }

  extend(block: Block, step: Block['steps'][number]): void {
    if (this.#series === 0) this.#series = step.cells.length;
    if (step.cells.length !== this.#series) throw errors.cells(this.#place(step.line), step.cells.length, this.#series);
    block.steps.push(step);
    if (block.steps.length * this.#series > MOST_NUMBERS) throw damagedErrors.tooLarge(this.#file, `has a block of more than ${MOST_NUMBERS} numbers (it begins in line ${block.line})`, 'put a blank line between its blocks, or shorten them');
  }

  add(block: Block): void {
    const place = this.#place(block.line);
    if (this.#builders.length === 0) this.#begin(block, place);
    if (block.steps.length !== this.#steps) throw errors.lines(place, block, this.#steps);
    const [number, label, ...values] = this.#builders;
    number!.add(String(this.#table.rows + 1), place);
    label!.add(block.label, place);
    for (const [step, { line, cells }] of block.steps.entries()) {
      for (const [series, cell] of cells.entries()) values[series * this.#steps + step]!.add(cell, this.#place(line));
    }
  }

  finish(): void {
    if (this.#builders.length === 0) throw readerErrors.empty(this.#file);
    this.#table.end();
    this.#table.notes.push(`read as labelled blocks of ${this.#steps} lines of ${this.#series} numbers: one row a block, f1_t${pad(1, this.#steps)} is the first number of a block's first line`);
  }

  #begin({ steps }: Block, place: Place): void {
    const series = steps[0]?.cells.length ?? 0, given = this.#table.reading.columns;
    const columns = ['block', 'label', ...Array.from({ length: series }, (_, s) => steps.map((_step, t) => `f${s + 1}_t${pad(t + 1, steps.length)}`)).flat()];
    if (given !== null && given.length !== columns.length) throw readerErrors.columnCount(place, columns.length, given.length);
    this.#steps = steps.length;
    this.#builders = this.#table.begin(this.#file, given ?? columns);
  }

  #place(number: number): Place {
    return { file: this.#file, unit: 'line', number };
  }
}

/** As many digits as the last step has, at least two. */
function pad(step: number, steps: number): string {
  return String(step).padStart(Math.max(2, String(steps).length), '0');
}

async function* linesOf(source: Source, { encoding, signal }: BlocksOptions): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of readUtf8(source, encoding)) {
    signal?.throwIfAborted();
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop()!;
    if (rest.length > LONGEST_LINE) throw damagedErrors.tooLarge(source.name, `has a line of more than ${LONGEST_LINE} characters`, 'check that it holds labelled blocks');
    yield* lines;
  }
  rest += decoder.end();
  if (rest !== '') yield rest;
}
