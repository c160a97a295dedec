import { Dictionary, RecordBatchReader } from 'apache-arrow';
import type { Data, RecordBatch, Vector } from 'apache-arrow';
import { registerArrowCodecs } from './arrow-codecs.ts';
import { arrowMessages } from './arrow-messages.ts';
import { arrowColumn } from './arrow-column.ts';
import type { ArrowColumn } from './arrow-column.ts';
import type { ColumnBuilder } from './column-builder.ts';
import { damagedErrors } from './damaged-error.ts';
import { readerErrors, ReaderError } from './reader-error.ts';
import type { Source } from './source.ts';
import type { TableBuilder } from './table-builder.ts';

/**
 * Adds the rows of an Arrow IPC file or stream to the table, one record batch at a time. Dates and times become ISO 8601 text, decimals numbers. What cannot be a column is refused, or missing when the
 * column is excluded.
 * @throws ReaderError `truncated`, `damaged`, `column-type`, `infinite`.
 */
export async function readArrow(source: Source, table: TableBuilder, signal?: AbortSignal): Promise<void> {
  registerArrowCodecs();
  const messages = arrowMessages(source);
  try {
    await readMessages(source.name, messages, table, signal);
  } finally {
    await messages.return(undefined);
  }
}

async function readMessages(file: string, messages: AsyncGenerator<Uint8Array>, table: TableBuilder, signal?: AbortSignal): Promise<void> {
  const reader = await guarded(file, async () => {
    const opened = await RecordBatchReader.from(messages);
    return opened.open({ autoDestroy: true });
  });
  if (reader.schema === undefined || reader.schema === null) throw damagedErrors.truncated(file, 'Arrow', 'it ends before its schema');
  const columns = reader.schema.fields.map((field) => ({ name: field.name, ...arrowColumn(field.type) }));
  if (columns.length === 0) throw readerErrors.empty(file);
  for (const { name, type, found } of columns) if (type === null && !table.reading.lenient.has(name)) throw damagedErrors.columnType(file, name, found);
  if (columns.every(({ type }) => type === 'none' || type === null)) throw damagedErrors.noValues(file);
  const builders = table.begin(file, columns.map(({ name }) => name), columns.map(({ type }) => type ?? 'none'));
  const batches = reader[Symbol.asyncIterator]() as AsyncIterator<RecordBatch>;
  for (;;) {
    signal?.throwIfAborted();
    const next = await guarded(file, () => batches.next());
    if (next.done === true) break;
    addBatch(file, next.value, columns, builders, table.rowOfFile);
  }
}

function addBatch(file: string, batch: RecordBatch, columns: readonly ArrowColumn[], builders: readonly ColumnBuilder[], start: number): void {
  const rows = batch.numRows, vectors = builders.map((_, i) => batch.getChildAt(i));
  // Before any loop: a damaged file may make up the number of rows.
  for (const [i, vector] of vectors.entries()) {
    const { type } = columns[i]!, { name } = builders[i]!;
    if (type !== 'none' && type !== null && (vector === null || !isWhole(vector, rows))) throw damagedErrors.damaged(file, 'Arrow', `the column ${name} has fewer values than the ${rows} rows of its batch`);
  }
  for (const [i, builder] of builders.entries()) {
    const { type, read, raw } = columns[i]!, vector = vectors[i];
    if (vector === null || vector === undefined || type === null || type === 'none') {
      for (let row = 0; row < rows; row++) builder.addMissing();
      continue;
    }
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
