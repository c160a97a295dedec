import { Dictionary, RecordBatchReader } from 'apache-arrow';
import type { Data, RecordBatch, Vector } from 'apache-arrow';
import { registerArrowCodecs } from './arrow-codecs.ts';
import { arrowColumn } from './arrow-column.ts';
import type { ArrowColumn } from './arrow-column.ts';
import type { ColumnBuilder } from './column-builder.ts';
import { damagedErrors } from './damaged-error.ts';
import { readerErrors, ReaderError } from './reader-error.ts';
import type { Source } from './source.ts';
import type { TableBuilder } from './table-builder.ts';

const MAGIC = 'ARROW1';
/** The magic bytes of a file, filled up to eight. */
const FILE_HEAD = 8;

/**
 * Adds the rows of an Arrow IPC file or stream to the table, one record batch at a time: a file holds a stream between its magic bytes
 * and its directory. Dates and times become ISO 8601 text, decimals numbers. What cannot be a column is refused, or missing when the
 * column is excluded.
 * @throws ReaderError `truncated`, `damaged`, `column-type`, `infinite`.
 */
export async function readArrow(source: Source, table: TableBuilder, signal?: AbortSignal): Promise<void> {
  registerArrowCodecs();
  const file = source.name, stream = new ArrowBytes(source);
  const reader = await guarded(file, async () => {
    const opened = await RecordBatchReader.from(stream.chunks());
    return opened.open({ autoDestroy: true });
  });
  if (reader.schema === undefined || reader.schema === null) throw damagedErrors.truncated(file, 'Arrow', 'it ends before its schema');
  const columns = reader.schema.fields.map((field) => ({ name: field.name, ...arrowColumn(field.type) }));
  if (columns.length === 0) throw readerErrors.empty(file);
  for (const { name, type, found } of columns) if (type === null && !table.reading.lenient.has(name)) throw damagedErrors.columnType(file, name, found);
  const builders = table.begin(file, columns.map(({ name }) => name), columns.map(({ type }) => type ?? 'none'));
  const batches = reader[Symbol.asyncIterator]() as AsyncIterator<RecordBatch>;
  for (;;) {
    signal?.throwIfAborted();
    const next = await guarded(file, () => batches.next());
    if (next.done === true) break;
    addBatch(file, next.value, columns, builders, table.rowOfFile);
  }
  stream.checkEnd();
}

function addBatch(file: string, batch: RecordBatch, columns: readonly ArrowColumn[], builders: readonly ColumnBuilder[], start: number): void {
  const rows = batch.numRows;
  for (const [i, builder] of builders.entries()) {
    const { type, read, raw } = columns[i]!;
    const vector = batch.getChildAt(i);
    if (type === null || type === 'none') {
      for (let row = 0; row < rows; row++) builder.addMissing();
      continue;
    }
    if (vector === null || !isWhole(vector, rows)) throw damagedErrors.damaged(file, 'Arrow', `the column ${builder.name} has fewer values than the ${rows} rows of its batch`);
    try {
      addColumn(file, raw === true ? stored(vector) : remembering(vector), read, builder, start, rows);
    } catch (error) {
      throw error instanceof ReaderError ? error : damagedErrors.damaged(file, 'Arrow', `column ${builder.name}: ${(error as Error).message}`, error);
    }
  }
}

function addColumn(file: string, valueAt: (row: number) => unknown, read: ArrowColumn['read'], builder: ColumnBuilder, start: number, rows: number): void {
  const place = { file, unit: 'row' as const, number: start };
  for (let row = 0; row < rows; row++, place.number++) {
    const value = valueAt(row);
    const plain = value === null || value === undefined ? null : read(value);
    if (plain === null) builder.addMissing();
    else if (typeof plain === 'string') builder.addText(plain, place);
    else if (typeof plain === 'boolean') builder.addBoolean(plain, place);
    else builder.addNumber(plain, place);
  }
}

/** The values as they lie in the buffers. */
function stored(vector: Vector): (row: number) => unknown {
  const data = vector.data[0];
  if (vector.type instanceof Dictionary || vector.data.length !== 1 || data === undefined) throw new RangeError(`a column of ${String(vector.type)} in pieces`);
  const values = data.values as ArrayLike<unknown>;
  return (row) => (data.getValid(row) ? values[row] : null);
}

/** The values of a dictionary are unpacked once. */
function remembering(vector: Vector): (row: number) => unknown {
  const data = vector.data[0];
  if (!(vector.type instanceof Dictionary) || vector.data.length !== 1 || data === undefined) return (row) => vector.get(row) as unknown;
  const words: unknown[] = [], dictionary = data.dictionary!, keys = data.values as Int32Array;
  return (row) => {
    if (!data.getValid(row)) return null;
    const key = Number(keys[row]);
    if (!(key >= 0 && key < dictionary.length)) throw new RangeError(`the code ${key} is not among the ${dictionary.length} words of the dictionary`);
    return words[key] ??= dictionary.get(key) as unknown;
  };
}

/** Whether the buffers hold as many values as the batch says, so that no loop runs on a number that a damaged file makes up. */
function isWhole(vector: Vector, rows: number): boolean {
  if (vector.length !== rows) return false;
  return vector.data.every((data: Data) => {
    const { values, valueOffsets, nullBitmap, length, nullCount, offset } = data;
    if (nullCount > 0 && nullBitmap.length * 8 < length) return false;
    if (valueOffsets !== undefined && valueOffsets.length > 0) return valueOffsets.length > length && Number(valueOffsets[length]) <= ((values as Uint8Array | undefined)?.length ?? 0) + offset;
    const bits = data.typeId === 6 ? 8 : 1;
    return length === 0 || (values !== undefined && (values as Uint8Array).length * bits >= length);
  });
}

/** The bytes of the stream, and whether the source ended as it should. */
class ArrowBytes {
  readonly #source: Source;
  #isFile = false;
  #tail: Buffer = Buffer.alloc(0);
  constructor(source: Source) {
    this.#source = source;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    let first = true;
    for await (const chunk of this.#source.chunks()) {
      this.#tail = Buffer.concat([this.#tail, chunk.subarray(-FILE_HEAD)]).subarray(-FILE_HEAD);
      this.#isFile ||= first && chunk.subarray(0, MAGIC.length).toString('latin1') === MAGIC;
      yield first && this.#isFile ? chunk.subarray(FILE_HEAD) : chunk;
      first = false;
    }
  }

  /** @throws ReaderError `truncated`: a file ends with its magic bytes. */
  checkEnd(): void {
    if (this.#isFile && !this.#tail.toString('latin1').endsWith(MAGIC)) throw damagedErrors.truncated(this.#source.name, 'Arrow', 'it does not end with ARROW1');
  }
}

/** What the library throws at bytes that are no Arrow, as an error of ours. */
async function guarded<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ReaderError || (error instanceof Error && (error.name === 'StoreError' || error.name === 'AbortError'))) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    if (/expected to read|unexpected end|premature/i.test(detail)) throw damagedErrors.truncated(file, 'Arrow', detail, error);
    throw damagedErrors.damaged(file, 'Arrow', detail, error);
  }
}
