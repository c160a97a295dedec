import type { ColumnBuilder, PieceColumn, ValueType } from './column-builder.ts';
import type { PieceBlock } from './piece-bytes.ts';
import { singleQuoteNotes } from './read-csv.ts';
import type { PieceFacts } from './read-piece.ts';
import type { PackedTable } from './read-table.ts';
import { ReaderError } from './reader-error.ts';
import { Spill } from './spill.ts';
import { type ColumnReading, MISTAKE_DISTINCT, MISTAKE_SHARE, TableBuilder } from './table-builder.ts';

export interface StoredPiece {
  readonly facts: PieceFacts;
  readonly columns: readonly PieceColumn[];
  readonly blocks: () => AsyncIterable<PieceBlock>;
}

export type JoinedTable = Pick<PackedTable, 'columns' | 'spill' | 'rows' | 'emptyLines' | 'notes'>;

/** Of all pieces of one column. */
interface Whole {
  readonly name: string;
  readonly pieces: readonly PieceColumn[];
  readonly numbers: number;
  readonly present: number;
  readonly words: boolean;
}

/**
 * The table that one reading of all pieces' rows, in their order, would have given. Null where that cannot be told from the pieces, or where
 * it would have been refused: then all must be read in one go, which knows what to say and where.
 */
export async function joinPieces(file: string, pieces: readonly StoredPiece[], reading: ColumnReading): Promise<JoinedTable | null> {
  const columns = columnsOf(pieces);
  if (columns === null || !haveWanted(pieces, columns, reading) || !agree(pieces, columns, reading)) return null;
  const texts = new Set(columns.filter((column) => !isNumber(column, reading)).map(({ name }) => name));
  // The texts of numbers that were taken for numbers alone are gone.
  if (columns.some(({ name, pieces: own }) => texts.has(name) && own.some(({ isNumbers }) => isNumbers))) return null;
  const spill = new Spill(), table = new TableBuilder({ ...reading, asText: new Set([...reading.asText, ...texts]) }, spill);
  let joined: JoinedTable | null = null;
  try {
    await fill(file, table, columns, pieces);
    if (!columns.some((column) => isMistaken(column, table.column(column.name, 0), reading))) {
      joined = { columns: table.finish(), spill, rows: table.rows, emptyLines: pieces.reduce((sum, { facts }) => sum + facts.emptyLines, 0), notes: notesOf(pieces) };
    }
  } catch (error) {
    if (!(error instanceof ReaderError)) throw error;
  } finally {
    if (joined === null) spill.close();
  }
  return joined;
}

/** All columns in order of appearance; null where pieces of files with a fixed set of columns differ in them. */
function columnsOf(pieces: readonly StoredPiece[]): readonly Whole[] | null {
  const names = [...new Set(pieces.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  if (pieces[0]!.facts.format !== 'json-lines' && pieces.some(({ columns }) => columns.length !== names.length)) return null;
  const found = new Map<string, PieceColumn[]>(names.map((name) => [name, []]));
  for (const { columns } of pieces) for (const column of columns) found.get(column.name)!.push(column);
  return names.map((name) => {
    const own = found.get(name)!;
    return {
      name, pieces: own, numbers: own.reduce((sum, { numbers }) => sum + numbers, 0), present: own.reduce((sum, { rows, missing }) => sum + rows - missing, 0),
      words: own.some(({ words }) => words),
    };
  });
}

function haveWanted(pieces: readonly StoredPiece[], columns: readonly Whole[], { wanted }: ColumnReading): boolean {
  const names = new Set(columns.map(({ name }) => name));
  return pieces[0]!.facts.format !== 'json-lines' || wanted.every(({ name }) => names.has(name));
}

/** Whether no file or value is of another kind than those before it. */
function agree(pieces: readonly StoredPiece[], columns: readonly Whole[], { asText, lenient }: ColumnReading): boolean {
  const { format } = pieces[0]!.facts;
  if (pieces.some(({ facts }) => facts.format !== format)) return false;
  const declared = new Map<string, ValueType>();
  for (const { facts } of pieces) {
    for (const [name, type] of facts.types) {
      if ((declared.get(name) ?? type) !== type) return false;
      declared.set(name, type);
    }
  }
  // Where records of one file are cut, all values of a column are judged together; of files each by itself.
  const areOfFiles = format === 'csv' && (pieces[0]!.facts.file === null || pieces.some(({ facts }) => facts.file !== pieces[0]!.facts.file));
  return columns.every(({ name, pieces: own }) => {
    if (asText.has(name)) return true;
    if (own.some(({ mixed }) => mixed) || new Set(own.map(({ type }) => type).filter((type) => type !== 'none')).size > 1) return false;
    return lenient.has(name) || !areOfFiles || !mayDiffer(own);
  });
}

/** Whether one file may hold words alone and those before it numbers alone, or the other way round: where the first values are of both kinds, none is refused. */
function mayDiffer(pieces: readonly PieceColumn[]): boolean {
  const kinds = pieces.filter(({ rows, missing }) => rows > missing).map(({ numbers, rows, missing }) => (numbers === 0 ? 'words' : numbers === rows - missing ? 'numbers' : 'both'));
  return kinds[0] !== 'both' && kinds.some((kind) => kind !== kinds[0]);
}

function isNumber({ name, numbers, words, pieces }: Whole, { asText }: ColumnReading): boolean {
  return !asText.has(name) && !words && numbers > 0 && pieces.every(({ type }) => type === 'none' || type === 'number');
}

/** Whether words in a column of numbers are too few to be meant, so that they are refused. */
function isMistaken({ name, words, numbers, present }: Whole, { distinctTexts }: ColumnBuilder, { lenient, asNumber }: ColumnReading): boolean {
  if (!words || lenient.has(name)) return false;
  return asNumber.has(name) || (numbers / present >= MISTAKE_SHARE && distinctTexts > MISTAKE_DISTINCT);
}

async function fill(file: string, table: TableBuilder, columns: readonly Whole[], pieces: readonly StoredPiece[]): Promise<void> {
  let before = 0;
  table.beginOpen(file);
  for (const { name } of columns) table.column(name, 0);
  for (const piece of pieces) {
    const builders = piece.columns.map(({ name }) => table.column(name, before));
    await fillPiece(file, builders, piece);
    before += piece.facts.rows;
    for (const builder of table.columns) while (builder.rows < before) builder.addMissing();
  }
}

async function fillPiece(file: string, builders: readonly ColumnBuilder[], { columns, blocks }: StoredPiece): Promise<void> {
  const place = { file, unit: 'row' as const, number: 0 };
  let levels: string[] = [], numbers = new Float64Array(0), last = -1;
  for await (const block of blocks()) {
    const builder = builders[block.column]!, { missing, rows } = columns[block.column]!;
    if (block.column !== last) {
      levels = [];
      numbers = new Float64Array(0);
      last = block.column;
    }
    if (block.kind === 'levels') for (const level of block.levels) levels.push(level);
    else if (block.kind === 'numbers') builder.addNumbers(block.values);
    else if (builder.options.asText) builder.addTexts(block.codes, block.levels ?? levels, place);
    else if (missing === rows) for (let row = 0; row < block.codes.length; row++) builder.addMissing();
    else {
      // Numbers of which the texts are still there.
      if (numbers.length !== levels.length) numbers = Float64Array.from(levels, Number);
      builder.addNumbers(Float64Array.from(block.codes, (code) => (code < 0 ? Number.NaN : numbers[code]!)));
    }
  }
}

/** What one reading would have to say: of a file that is read in pieces once, of others each for itself. */
function notesOf(pieces: readonly StoredPiece[]): readonly string[] {
  const notes: string[] = [];
  for (const [i, { facts }] of pieces.entries()) {
    notes.push(...facts.notes);
    if (facts.file === null || pieces[i + 1]?.facts.file === facts.file) continue;
    const own = pieces.filter((piece) => piece.facts.file === facts.file);
    notes.push(...singleQuoteNotes(own[0]!.facts.quoted.names + own.reduce((sum, piece) => sum + piece.facts.quoted.cells, 0)));
  }
  return notes;
}
