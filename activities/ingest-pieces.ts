import type { PieceColumn } from '../infra/readers/column-builder.ts';
import { type JoinedTable, joinPieces, type StoredPiece } from '../infra/readers/join-pieces.ts';
import { type PieceBlock, readPieceObject, writePiece } from '../infra/readers/piece-bytes.ts';
import type { SourcePiece } from '../infra/readers/plan-pieces.ts';
import { type PieceFacts, type PieceOfTable, readPiece } from '../infra/readers/read-piece.ts';
import type { TableOptions } from '../infra/readers/read-table.ts';
import { ReaderError } from '../infra/readers/reader-error.ts';
import type { Source } from '../infra/readers/source.ts';
import { Spill } from '../infra/readers/spill.ts';
import type { Store } from '../infra/store/store.ts';
import { ArtifactError, getArtifact, putArtifact } from './artifacts.ts';
import type { DataConfig } from './audit-config.ts';
import { getExactJson, putExactJson } from './exact-json.ts';
import { readingOf } from './ingest-roles.ts';
import type { StageContext } from './stage.ts';
import type { ArtifactRef, StageOutput } from './types.ts';

interface PieceDocument {
  readonly facts: PieceFacts;
  readonly columns: readonly PieceColumn[];
}

/** A piece that could not be read by itself: whoever joins reads the whole. */
const UNREAD: StageOutput = { artifacts: {}, summary: { read: false } };

/**
 * Reads one piece of the sources and stores its columns, packed. What cannot be read, or is not what it was when it was cut, is left to the
 * one who joins, who can say so with the right place.
 */
export async function storePiece(open: () => Promise<readonly Source[]>, piece: SourcePiece, options: TableOptions, { store }: StageContext): Promise<StageOutput> {
  const spill = new Spill();
  let sources: readonly Source[] = [];
  try {
    sources = await open();
    const read = await readPiece(sources, piece, options, spill);
    return read === null ? UNREAD : await storeColumns(read, store);
  } catch (error) {
    if (error instanceof ReaderError || (error instanceof ArtifactError && error.code === 'too-large')) return UNREAD;
    throw error;
  } finally {
    spill.close();
    for (const source of sources) source.close?.();
  }
}

async function storeColumns({ facts, columns }: PieceOfTable, store: Store): Promise<StageOutput> {
  const objects: ArtifactRef[] = [], document: PieceDocument = { facts, columns: columns.map(({ known }) => known) };
  for (const bytes of writePiece(columns.map(({ column }) => column))) objects.push(await putArtifact(store, bytes));
  return { artifacts: { columns: objects, facts: [await putExactJson(store, document)] }, summary: { read: true, rows: facts.rows } };
}

/** The table of all pieces, as one reading of the whole gives it; null where the whole must be read: its owner is told there what is wrong. */
export async function tableOfPieces(outputs: readonly StageOutput[], data: DataConfig, { store, signal, progress }: StageContext): Promise<JoinedTable | null> {
  if (outputs.length === 0 || outputs.some(({ summary }) => summary['read'] !== true)) return null;
  const pieces: StoredPiece[] = [];
  let done = 0;
  for (const { artifacts } of outputs) {
    pieces.push({ ...await getExactJson<PieceDocument>(store, artifacts['facts']![0]!), blocks: () => blocksOf(artifacts['columns']!) });
  }
  async function* blocksOf(objects: readonly ArtifactRef[]): AsyncGenerator<PieceBlock> {
    for (const object of objects) {
      signal.throwIfAborted();
      yield* readPieceObject(await getArtifact(store, object));
    }
    progress({ fraction: (0.8 * ++done) / outputs.length, detail: `${done} of ${outputs.length} pieces joined` });
  }
  return joinPieces(data.path, pieces, readingOf(data));
}
