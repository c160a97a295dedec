import { Field, FixedSizeList, Float32, RecordBatch, Schema, Struct, Table as ArrowTable, Uint32, makeData, tableFromIPC, tableToIPC } from 'apache-arrow';
import type { Data } from 'apache-arrow';
import { arrowValues } from '../infra/readers/arrow-values.ts';

/** Rows of the latent space. mu, logVar: [rows, units]; the others [rows]. */
export interface LatentsPart {
  readonly rowNumbers: Uint32Array;
  readonly units: number;
  readonly mu: Float32Array;
  readonly logVar: Float32Array;
  readonly reconstruction: Float32Array;
  readonly kl: Float32Array;
}

/** Rows with one vector each. values: [rows, width] */
export interface VectorPart {
  readonly rowNumbers: Uint32Array;
  readonly width: number;
  readonly values: Float32Array;
}

interface Named { readonly field: Field; readonly data: Data }

function vectors(name: string, values: Float32Array, width: number, rows: number): Named {
  const type = new FixedSizeList(width, new Field('item', new Float32(), false));
  return { field: new Field(name, type, false), data: makeData({ type, length: rows, nullCount: 0, child: makeData({ type: new Float32(), data: values }) }) };
}

function scalars(name: string, values: Float32Array): Named {
  return { field: new Field(name, new Float32(), false), data: makeData({ type: new Float32(), data: values }) };
}

function rowColumn(rowNumbers: Uint32Array): Named {
  return { field: new Field('row', new Uint32(), false), data: makeData({ type: new Uint32(), data: rowNumbers }) };
}

function file(columns: readonly Named[], rows: number, format: string): Uint8Array {
  const fields = columns.map(({ field }) => field), schema = new Schema(fields, new Map([['penumbra.format', format]]));
  const struct = makeData({ type: new Struct(fields), length: rows, nullCount: 0, children: columns.map(({ data }) => data) });
  return tableToIPC(new ArrowTable(schema, [new RecordBatch(schema, struct)]), 'file');
}

/** One Arrow IPC file: row, mu and log_var (fixed-size lists of float32), reconstruction, kl. */
export function writeLatentsPart(part: LatentsPart): Uint8Array {
  const rows = part.rowNumbers.length;
  const columns = [
    rowColumn(part.rowNumbers), vectors('mu', part.mu, part.units, rows), vectors('log_var', part.logVar, part.units, rows),
    scalars('reconstruction', part.reconstruction), scalars('kl', part.kl),
  ];
  return file(columns, rows, 'latents/1');
}

/** One Arrow IPC file: row, and one fixed-size list of float32 named `name`. */
export function writeVectorPart(name: string, { rowNumbers, width, values }: VectorPart): Uint8Array {
  return file([rowColumn(rowNumbers), vectors(name, values, width, rowNumbers.length)], rowNumbers.length, `${name}/1`);
}

interface Columns { readonly widthOf: (name: string) => number; readonly valuesOf: (name: string) => Float32Array; readonly rowNumbers: Uint32Array }

function readColumns(bytes: Uint8Array): Columns {
  const arrow = tableFromIPC(bytes), batch = arrow.batches[0], names = arrow.schema.fields.map(({ name }) => name);
  const dataOf = (name: string): Data => {
    const data = batch?.data.children[names.indexOf(name)];
    if (data === undefined) throw new Error(`the stored latents have no column ${name}; there are ${names.join(', ')}`);
    return data;
  };
  return {
    widthOf: (name) => (dataOf(name).type as FixedSizeList).listSize,
    valuesOf: (name) => arrowValues(dataOf(name).children[0] ?? dataOf(name)),
    rowNumbers: arrowValues(dataOf('row')),
  };
}

export function readLatentsPart(bytes: Uint8Array): LatentsPart {
  const { widthOf, valuesOf, rowNumbers } = readColumns(bytes);
  return {
    rowNumbers, units: widthOf('mu'), mu: valuesOf('mu'), logVar: valuesOf('log_var'), reconstruction: valuesOf('reconstruction'), kl: valuesOf('kl'),
  };
}

export function readVectorPart(name: string, bytes: Uint8Array): VectorPart {
  const { widthOf, valuesOf, rowNumbers } = readColumns(bytes);
  return { rowNumbers, width: widthOf(name), values: valuesOf(name) };
}
