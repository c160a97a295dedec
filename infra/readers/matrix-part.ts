import { Field, FixedSizeList, Float32, RecordBatch, Schema, Struct, Table as ArrowTable, Uint32, Uint8, makeData, tableFromIPC, tableToIPC } from 'apache-arrow';
import { arrowValues } from './arrow-values.ts';

/** Encoded rows. x: [rows, width] row-major; rowNumbers, split: [rows]. */
export interface MatrixPart {
  readonly x: Float32Array;
  readonly width: number;
  readonly rowNumbers: Uint32Array;
  readonly split: Uint8Array;
}

/** One Arrow IPC file: `row`, `split` and `x`, a fixed-size list of float32; `encoder` names the encoder that made it (a sha256). */
export function writeMatrixPart(part: MatrixPart, encoder: string): Uint8Array {
  const rows = part.rowNumbers.length;
  const item = new Field('item', new Float32(), false);
  const type = new FixedSizeList(part.width, item);
  const fields = [new Field('row', new Uint32(), false), new Field('split', new Uint8(), false), new Field('x', type, false)];
  const children = [
    makeData({ type: new Uint32(), data: part.rowNumbers }),
    makeData({ type: new Uint8(), data: part.split }),
    makeData({ type, length: rows, nullCount: 0, child: makeData({ type: new Float32(), data: part.x }) }),
  ];
  const schema = new Schema(fields, new Map([['penumbra.format', 'matrix/1'], ['penumbra.encoder', encoder]]));
  const struct = makeData({ type: new Struct(fields), length: rows, nullCount: 0, children });
  return tableToIPC(new ArrowTable(schema, [new RecordBatch(schema, struct)]), 'file');
}

/** Reads what `writeMatrixPart` wrote; the arrays are views into `bytes` where alignment allows. */
export function readMatrixPart(bytes: Uint8Array): MatrixPart & { readonly encoder: string } {
  const arrow = tableFromIPC(bytes);
  const batch = arrow.batches[0];
  const width = (arrow.schema.fields[2]?.type as FixedSizeList | undefined)?.listSize;
  if (batch === undefined || width === undefined) throw new Error('an encoded part without rows or without the column x');
  const [row, split, x] = batch.data.children;
  return {
    x: arrowValues<Float32Array>(x!.children[0]!),
    width,
    rowNumbers: arrowValues<Uint32Array>(row!),
    split: arrowValues<Uint8Array>(split!),
    encoder: arrow.schema.metadata.get('penumbra.encoder') ?? '',
  };
}
