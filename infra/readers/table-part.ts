import {
  Dictionary, Field, Float64, Int32, RecordBatch, Schema, Struct, Table as ArrowTable, Uint32, Uint8, Utf8, makeData, tableFromIPC, tableToIPC,
  vectorFromArray,
} from 'apache-arrow';
import type { Data, DataType } from 'apache-arrow';
import type { ColumnRole } from '../../models/encode/profile-types.ts';
import type { CategoryColumn, Column, NumberColumn, Table } from '../../models/table.ts';
import { arrowValues } from './arrow-values.ts';

/** A run of usable rows of a data set. rowNumbers, split: [table.rows]. */
export interface TablePart {
  readonly table: Table;
  readonly rowNumbers: Uint32Array;
  readonly split: Uint8Array;
}

export type Roles = ReadonlyMap<string, readonly ColumnRole[]>;

/** A dictionary larger than this is written with the levels of the part alone, so that no part carries all texts of a huge column. */
const SHARED_LEVELS = 4096;

/** Metadata of a field: that it is not the data's own; the column's roles; its name in the data. */
const INTERNAL = 'penumbra.internal';
const ROLES = 'penumbra.roles';
const NAME = 'penumbra.name';

/**
 * One Arrow IPC file of the rows [start, end): `row` and `split`, then the data's columns, numbers as Float64 (NaN beneath the nulls),
 * categories as dictionaries. A field's metadata holds its roles, separated by commas. The same rows give the same bytes.
 */
export function writeTablePart(part: TablePart, roles: Roles, start: number, end: number): Uint8Array {
  const fields: Field[] = [], children: Data[] = [];
  const add = (name: string, type: DataType, nullable: boolean, metadata: Map<string, string>, data: Data): void => {
    fields.push(new Field(name, type, nullable, metadata));
    children.push(data);
  };
  add('row', new Uint32(), false, new Map([[INTERNAL, 'row']]), makeData({ type: new Uint32(), data: part.rowNumbers.subarray(start, end) }));
  add('split', new Uint8(), false, new Map([[INTERNAL, 'split']]), makeData({ type: new Uint8(), data: part.split.subarray(start, end) }));
  for (const [index, column] of part.table.columns.entries()) {
    const data = column.kind === 'number' ? numberData(column, start, end) : categoryData(column, start, end, index);
    add(fieldName(column.name, part.table), data.type, true, new Map([[NAME, column.name], [ROLES, (roles.get(column.name) ?? []).join(',')]]), data);
  }
  const schema = new Schema(fields, new Map([['penumbra.format', 'table/1']]));
  const struct = makeData({ type: new Struct(fields), length: end - start, nullCount: 0, children });
  return tableToIPC(new ArrowTable(schema, [new RecordBatch(schema, struct)]), 'file');
}

/** The data may have columns called `row` and `split` too; in the file names must differ. */
function fieldName(name: string, table: Table): string {
  let free = name;
  if (name === 'row' || name === 'split') while (free === name || table.columns.some((column) => column.name === free)) free += '_';
  return free;
}

/** Validity bits of `length` rows, least significant first, and how many are null. */
function validity(length: number, isMissing: (i: number) => boolean): { readonly nullBitmap: Uint8Array | null; readonly nullCount: number } {
  const bits = new Uint8Array(((length + 63) >>> 6) << 3);
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    if (isMissing(i)) nullCount++;
    else bits[i >>> 3]! |= 1 << (i & 7);
  }
  return nullCount === 0 ? { nullBitmap: null, nullCount } : { nullBitmap: bits, nullCount };
}

function numberData(column: NumberColumn, start: number, end: number): Data {
  const values = column.values.subarray(start, end);
  return makeData({ type: new Float64(), data: values, length: values.length, ...validity(values.length, (i) => Number.isNaN(values[i]!)) });
}

function categoryData(column: CategoryColumn, start: number, end: number, id: number): Data {
  const { codes, levels } = column.levels.length <= SHARED_LEVELS
    ? { codes: column.codes.slice(start, end), levels: column.levels }
    : ownLevels(column, start, end);
  const validityOfCodes = validity(codes.length, (i) => codes[i]! < 0);
  for (let i = 0; i < codes.length; i++) if (codes[i]! < 0) codes[i] = 0;
  // The id is given because arrow's own counter would make the bytes depend on what was written before.
  const type = new Dictionary(new Utf8(), new Int32(), id);
  return makeData({ type, data: codes, length: codes.length, ...validityOfCodes, dictionary: vectorFromArray([...levels], new Utf8()) });
}

/** The levels that occur in [start, end), in order of appearance, and codes into them. */
function ownLevels(column: CategoryColumn, start: number, end: number): { readonly codes: Int32Array; readonly levels: readonly string[] } {
  const local = new Map<number, number>(), levels: string[] = [];
  const codes = column.codes.slice(start, end);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < 0) continue;
    let own = local.get(code);
    if (own === undefined) {
      own = levels.push(column.levels[code]!) - 1;
      local.set(code, own);
    }
    codes[i] = own;
  }
  return { codes, levels };
}

/** Reads what `writeTablePart` wrote; numbers and row numbers are views into `bytes` where alignment allows. */
export function readTablePart(bytes: Uint8Array): TablePart {
  const arrow = tableFromIPC(bytes);
  const columns: Column[] = [];
  let rowNumbers = new Uint32Array(0), split = new Uint8Array(0);
  for (const [index, field] of arrow.schema.fields.entries()) {
    const data = arrow.batches[0]?.data.children[index];
    if (data === undefined) continue;
    const internal = field.metadata.get(INTERNAL);
    if (internal === 'row') rowNumbers = arrowValues<typeof rowNumbers>(data);
    else if (internal === 'split') split = arrowValues<typeof split>(data);
    else columns.push(field.type instanceof Dictionary ? readCategory(nameOf(field), data) : readNumber(nameOf(field), data));
  }
  return { table: { rows: arrow.numRows, columns }, rowNumbers, split };
}

function nameOf(field: Field): string {
  return field.metadata.get(NAME) ?? field.name;
}

function readNumber(name: string, data: Data): NumberColumn {
  return { kind: 'number', name, values: arrowValues(data) };
}

function readCategory(name: string, data: Data): CategoryColumn {
  const stored = arrowValues<Int32Array>(data);
  // The nulls are marked in a copy: the view lies over bytes that belong to the caller.
  const codes = data.nullCount > 0 ? stored.slice() : stored;
  if (data.nullCount > 0) {
    const bits = data.nullBitmap;
    for (let i = 0; i < codes.length; i++) if ((bits[i >>> 3]! & (1 << (i & 7))) === 0) codes[i] = -1;
  }
  return { kind: 'category', name, codes, levels: (data.dictionary?.toArray() ?? []) as string[] };
}
