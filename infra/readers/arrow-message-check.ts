import { damagedErrors } from './damaged-error.ts';

/** Positions of fields in the tables of Arrow's Message.fbs and Schema.fbs. */
const MESSAGE = { headerType: 1, header: 2, bodyLength: 3, metadata: 4 } as const;
const SCHEMA = { fields: 1, metadata: 2 } as const;
const FIELD = { name: 0, type: 3, dictionary: 4, children: 5, metadata: 6 } as const;
const DICTIONARY = { data: 1 } as const;
const BATCH = { length: 0, nodes: 1, buffers: 2, variadic: 4 } as const;
const HEADER = { schema: 1, dictionary: 2, batch: 3 } as const;

const NODE_BYTES = 16, BUFFER_BYTES = 16, OFFSET_BYTES = 4;
const MAXIMUM_DEPTH = 64;
const MAXIMUM_TABLES = 1_000_000;
const MAXIMUM_ROWS = 2 ** 31;

/**
 * Looks through one message of the Arrow IPC format (FlatBuffers): every vector lies in it, every buffer in its body, no count is
 * beyond reason. Returns the length of the body that follows.
 * @throws ReaderError `damaged`
 */
export function checkArrowMessage(file: string, bytes: Uint8Array, number: number): number {
  try {
    return new Checker(bytes).message();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw damagedErrors.damaged(file, 'Arrow', `message ${number}: ${error.message}`, error);
  }
}

/** Reads FlatBuffers tables by hand; a position beyond the bytes is a RangeError, as DataView's own. */
class Checker {
  readonly #view: DataView;
  #visited = 0;
  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  message(): number {
    const root = this.#view.getUint32(0, true), typeAt = this.#field(root, MESSAGE.headerType), lengthAt = this.#field(root, MESSAGE.bodyLength);
    const body = lengthAt === null ? 0 : Number(this.#view.getBigInt64(lengthAt, true));
    if (!Number.isSafeInteger(body) || body < 0) throw new RangeError(`its body should be ${body} bytes long`);
    const header = this.#table(root, MESSAGE.header), type = typeAt === null ? 0 : this.#view.getUint8(typeAt);
    if (header === null) throw new RangeError('it has no header');
    this.#vector(root, MESSAGE.metadata, OFFSET_BYTES);
    if (type === HEADER.schema) this.#schema(header);
    else if (type === HEADER.batch) this.#batch(header, body);
    else if (type === HEADER.dictionary) {
      const data = this.#table(header, DICTIONARY.data);
      if (data === null) throw new RangeError('a dictionary without words');
      this.#batch(data, body);
    } else throw new RangeError(`its type is ${type}`);
    return body;
  }

  #schema(table: number): void {
    this.#vector(table, SCHEMA.metadata, OFFSET_BYTES);
    for (const field of this.#tablesIn(table, SCHEMA.fields)) this.#fieldTable(field, 0);
  }

  #fieldTable(table: number, depth: number): void {
    if (depth > MAXIMUM_DEPTH) throw new RangeError(`its columns are nested more than ${MAXIMUM_DEPTH} deep`);
    this.#vector(table, FIELD.name, 1);
    this.#vector(table, FIELD.metadata, OFFSET_BYTES);
    this.#table(table, FIELD.type);
    this.#table(table, FIELD.dictionary);
    for (const child of this.#tablesIn(table, FIELD.children)) this.#fieldTable(child, depth + 1);
  }

  #batch(table: number, body: number): void {
    const lengthAt = this.#field(table, BATCH.length), rows = lengthAt === null ? 0 : Number(this.#view.getBigInt64(lengthAt, true));
    if (rows < 0 || rows >= MAXIMUM_ROWS) throw new RangeError(`it says that it holds ${rows} rows`);
    const nodes = this.#vector(table, BATCH.nodes, NODE_BYTES), buffers = this.#vector(table, BATCH.buffers, BUFFER_BYTES);
    this.#vector(table, BATCH.variadic, 8);
    for (let i = 0; i < nodes.length; i++) {
      const at = nodes.start + i * NODE_BYTES, length = this.#view.getBigInt64(at, true), nulls = this.#view.getBigInt64(at + 8, true);
      if (length < 0n || length >= MAXIMUM_ROWS || nulls < 0n || nulls > length) throw new RangeError(`a column has ${length} values, ${nulls} of them missing`);
    }
    for (let i = 0; i < buffers.length; i++) {
      const at = buffers.start + i * BUFFER_BYTES, start = this.#view.getBigInt64(at, true), length = this.#view.getBigInt64(at + 8, true);
      if (start < 0n || length < 0n || start + length > BigInt(body)) throw new RangeError(`a buffer should lie at bytes ${start} to ${start + length} of ${body}`);
    }
  }

  /** Where a field of a table lies; null when the table does not have it. */
  #field(table: number, index: number): number | null {
    const vtable = table - this.#view.getInt32(table, true), size = this.#view.getUint16(vtable, true);
    const at = 4 + 2 * index, offset = at + 2 <= size ? this.#view.getUint16(vtable + at, true) : 0;
    return offset === 0 ? null : table + offset;
  }

  #table(table: number, index: number): number | null {
    const at = this.#field(table, index);
    if (at === null) return null;
    const found = at + this.#view.getUint32(at, true);
    this.#field(found, 0);
    return found;
  }

  #vector(table: number, index: number, elementBytes: number): { readonly start: number; readonly length: number } {
    const at = this.#field(table, index);
    if (at === null) return { start: 0, length: 0 };
    const start = at + this.#view.getUint32(at, true), length = this.#view.getUint32(start, true);
    if (start + 4 + length * elementBytes > this.#view.byteLength) throw new RangeError(`a list of ${length} entries does not fit into its ${this.#view.byteLength} bytes`);
    return { start: start + 4, length };
  }

  *#tablesIn(table: number, index: number): Generator<number> {
    const { start, length } = this.#vector(table, index, OFFSET_BYTES);
    for (let i = 0; i < length; i++) {
      if (++this.#visited > MAXIMUM_TABLES) throw new RangeError(`it describes more than ${MAXIMUM_TABLES} columns`);
      const at = start + i * OFFSET_BYTES;
      yield at + this.#view.getUint32(at, true);
    }
  }
}
