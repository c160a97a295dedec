import { Dictionary, Field, RecordBatch, RecordBatchFileWriter, Schema, Struct, Utf8, type Vector, makeData, tableFromIPC, vectorFromArray } from 'apache-arrow';
import type { Data } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import { getArtifact } from './artifacts.ts';
import type { ArtifactRef } from './types.ts';

const PART_BYTES = 32 * 1024 * 1024;

/** Hands on what it writes instead of gathering it. */
class Writer extends RecordBatchFileWriter {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;

  take(least: number): Uint8Array | null {
    if (this.#bytes === 0 || this.#bytes < least) return null;
    const taken = Buffer.concat(this.#chunks.splice(0));
    this.#bytes = 0;
    return taken;
  }

  protected override _write(chunk: Parameters<RecordBatchFileWriter['_write']>[0]): this {
    if (!ArrayBuffer.isView(chunk)) throw new TypeError('the Arrow writer wrote something that is no view of bytes');
    if (chunk.byteLength === 0) return this;
    this.#chunks.push(new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength));
    this.#bytes += chunk.byteLength;
    this._position += chunk.byteLength;
    return this;
  }
}

/** Stored Arrow parts as one Arrow file of as many batches; a part is in memory at a time. */
export async function* joinedArrowFile(store: Store, refs: readonly ArtifactRef[]): AsyncGenerator<Uint8Array> {
  const writer = new Writer(), words = await commonWords(store, refs);
  let schema: Schema | null = null;
  for (const ref of refs) {
    for (const batch of tableFromIPC(await getArtifact(store, ref)).batches) {
      const whole = withCommonWords(batch, words, schema);
      schema ??= whole.schema;
      writer.write(whole);
      const bytes = writer.take(PART_BYTES);
      if (bytes !== null) yield bytes;
    }
  }
  writer.finish();
  const rest = writer.take(1);
  if (rest !== null) yield rest;
}

/** The words of columns whose dictionaries differ from part to part become plain texts, since a file has one dictionary a column; null where all parts have the same. */
type Words = ReadonlyMap<string, Vector | null>;

async function commonWords(store: Store, refs: readonly ArtifactRef[]): Promise<Words> {
  const words = new Map<string, Vector | null>(), texts = new Map<string, string>();
  for (const ref of refs) {
    const table = tableFromIPC(await getArtifact(store, ref));
    for (const field of table.schema.fields) {
      if (!(field.type instanceof Dictionary)) continue;
      const dictionary = table.getChild(field.name)!.data[0]!.dictionary!, text = JSON.stringify(dictionary.toArray());
      if (!texts.has(field.name)) {
        texts.set(field.name, text);
        words.set(field.name, dictionary);
      } else if (texts.get(field.name) !== text) {
        texts.set(field.name, '');
        words.set(field.name, null);
      }
    }
  }
  return words;
}

function withCommonWords(batch: RecordBatch, words: Words, known: Schema | null): RecordBatch {
  const columns = batch.schema.fields.map((field, i) => (words.has(field.name) ? withWords(field, batch.data.children[i]!, words.get(field.name)!) : { field, data: batch.data.children[i]! }));
  const schema = known ?? new Schema(columns.map(({ field }) => field), batch.schema.metadata);
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: batch.numRows, nullCount: 0, children: columns.map(({ data }) => data) }));
}

function withWords(field: Field, data: Data, words: Vector | null): { readonly field: Field; readonly data: Data } {
  if (words !== null) {
    return { field, data: makeData({ type: field.type as Dictionary, length: data.length, nullCount: data.nullCount, ...(data.nullCount > 0 ? { nullBitmap: data.nullBitmap } : {}), data: data.values as Int32Array, dictionary: words }) };
  }
  const own = data.dictionary!, codes = data.values as Int32Array;
  const texts = Array.from({ length: data.length }, (_, row) => (data.getValid(row) ? String(own.get(codes[row]!)) : null));
  return { field: new Field(field.name, new Utf8(), field.nullable, field.metadata), data: vectorFromArray(texts, new Utf8()).data[0]! };
}
