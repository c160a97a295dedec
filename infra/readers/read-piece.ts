import type { PieceColumn, ValueType } from './column-builder.ts';
import type { FileFormat } from './file-format.ts';
import type { PackedColumn } from './packed-column.ts';
import { type SourcePiece, sourcesOf } from './plan-pieces.ts';
import { sparseSource } from './range-source.ts';
import { type CsvRead, readCsv } from './read-csv.ts';
import { readJsonLines } from './read-json-lines.ts';
import { readParquet } from './read-parquet.ts';
import { openFile, type OpenFile, readBinary, readFiles, type TableOptions } from './read-table.ts';
import { countingSource, hashSources, type Source } from './source.ts';
import type { Spill } from './spill.ts';
import { spooledSource } from './spooled-source.ts';
import { TableBuilder } from './table-builder.ts';

export interface PieceFacts {
  readonly format: FileFormat;
  /** The only file that the rows are of; null when they are of whole files. */
  readonly file: number | null;
  readonly rows: number;
  readonly emptyLines: number;
  readonly notes: readonly string[];
  /** Values in single quotes of a CSV file that is read in pieces. */
  readonly quoted: CsvRead['quoted'];
  /** What files with types say of their columns. */
  readonly types: readonly (readonly [column: string, type: ValueType])[];
}

export interface PieceOfTable {
  readonly facts: PieceFacts;
  readonly columns: readonly { readonly known: PieceColumn; readonly column: PackedColumn }[];
}

/**
 * Reads one piece of what the sources hold. Null when its bytes are not those that were cut: the source was changed, or is another one here.
 * What is read comes from a copy of the bytes that were looked at.
 * @throws ReaderError for what can only be said, and placed, by whoever reads the whole; StoreError when an object store does not answer
 */
export async function readPiece(sources: readonly Source[], piece: SourcePiece, options: TableOptions, spill: Spill): Promise<PieceOfTable | null> {
  const kept = sourcesOf(piece, sources).map((source) => spooledSource(source)), total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  try {
    if (kept.length === 0 || await hashSources(kept, options.signal) !== piece.sha256) return null;
    return await readKept(kept.map((source) => countingSource(source, (bytes) => options.onBytes?.(bytes, total))), piece, options, spill);
  } finally {
    for (const source of kept) source.close?.();
  }
}

async function readKept(kept: readonly Source[], piece: SourcePiece, options: TableOptions, spill: Spill): Promise<PieceOfTable> {
  // Keys that the configuration names may turn up in another piece.
  const table = new TableBuilder(piece.kind === 'json-lines' ? { ...options, wanted: [] } : options, spill), source = kept[0]!;
  switch (piece.kind) {
    case 'files': return readWholeFiles(kept, options, spill);
    case 'csv': {
      const { emptyLines, quoted } = await readCsv(source, table, { ...options, encoding: piece.encoding, delimiter: piece.delimiter });
      return pieceOf(table, { format: 'csv', file: piece.file, emptyLines, quoted, notes: piece.notes });
    }
    case 'json-lines': {
      const { emptyLines } = await readJsonLines(source, table, { ...options, encoding: piece.encoding });
      return pieceOf(table, { format: 'json-lines', file: piece.file, emptyLines, notes: piece.notes });
    }
    case 'parquet': {
      await readBinary('Parquet', source, () => readParquet(sparseSource(source, piece.ranges, piece.bytes), table, options.signal, [piece.first, piece.last]));
      return pieceOf(table, { format: 'parquet', file: piece.file, notes: piece.first === 0 ? table.notes : [] });
    }
  }
}

async function readWholeFiles(kept: readonly Source[], options: TableOptions, spill: Spill): Promise<PieceOfTable> {
  const files: OpenFile[] = [];
  for (const source of kept) files.push(await openFile(source, files[0]));
  const { format } = files[0]!, { table, emptyLines } = await readFiles(files, format === 'json-lines' ? { ...options, wanted: [] } : options, spill);
  return pieceOf(table, { format, file: null, emptyLines, notes: table.notes });
}

function pieceOf(table: TableBuilder, facts: Pick<PieceFacts, 'format' | 'file' | 'notes'> & Partial<PieceFacts>): PieceOfTable {
  return { facts: { emptyLines: 0, quoted: { names: 0, cells: 0 }, ...facts, rows: table.rows, types: [...table.types] }, columns: table.columns.map((builder) => builder.piece()) };
}
