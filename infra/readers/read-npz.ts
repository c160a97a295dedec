import type { ColumnBuilder } from './column-builder.ts';
import { damagedErrors } from './damaged-error.ts';
import { npyHeader, npyHeaderBytes } from './npy-header.ts';
import type { NpyHeader } from './npy-header.ts';
import { npyType } from './npy-values.ts';
import type { NpyType } from './npy-values.ts';
import type { Source } from './source.ts';
import type { TableBuilder } from './table-builder.ts';
import { openZip } from './zip-archive.ts';
import type { ZipMember } from './zip-archive.ts';

/** What an array's header may promise; the columns of a table must fit into memory. */
const MAXIMUM_VALUES = 2 ** 31;
const MAXIMUM_COLUMNS = 100_000;

interface NpyArray {
  readonly name: string;
  readonly member: ZipMember;
  readonly header: NpyHeader;
  readonly type: NpyType;
}

/**
 * Adds the rows of a numpy archive to the table: `X` ([rows, columns], row- or column-major) as the columns x0, x1, …, and `y` ([rows]
 * or [rows, 1]) as the column y when there is one. Streams; other arrays are left out, with a note.
 * @throws ReaderError `npz` for arrays that cannot be a table, `infinite`, and those of `openZip`.
 */
export async function readNpz(source: Source, table: TableBuilder, signal?: AbortSignal): Promise<void> {
  const file = source.name, members = await openZip(source);
  const arrays = new Map(members.filter(({ name }) => name.endsWith('.npy')).map((member) => [member.name.slice(0, -4), member]));
  const features = arrays.get('X'), labels = arrays.get('y');
  if (features === undefined) throw damagedErrors.noArray(file, [...arrays.keys()]);
  const others = [...arrays.keys()].filter((name) => name !== 'X' && name !== 'y');
  if (others.length > 0) table.notes.push(`arrays of the npz other than X and y are not read: ${others.slice(0, 10).join(', ')}`);
  const x = await openArray(file, 'X', features), y = labels === undefined ? null : await openArray(file, 'y', labels);
  const [rows, columns] = shapeOf(file, x, y);
  const names = Array.from({ length: columns }, (_, i) => `x${i}`);
  const builders = table.begin(file, y === null ? names : [...names, 'y'], [...names.map(() => x.type.type), ...(y === null ? [] : [y.type.type])]);
  await fill(file, x, { rows, builders: builders.slice(0, columns), signal });
  if (y !== null) await fill(file, y, { rows, builders: builders.slice(columns), signal });
}

async function openArray(file: string, name: string, member: ZipMember): Promise<NpyArray> {
  let head = Buffer.alloc(0);
  for await (const chunk of member.chunks()) {
    head = Buffer.concat([head, chunk]);
    const wanted = npyHeaderBytes(head);
    if (wanted !== null && head.length >= Math.min(wanted, 1 << 20)) break;
  }
  const header = npyHeader(file, name, head), type = npyType(file, name, header.descr);
  const values = header.shape.reduce((product, size) => product * size, 1);
  const promised = header.start + values * type.bytes;
  if (values > MAXIMUM_VALUES) throw damagedErrors.tooLarge(file, `promises ${values} values in its array ${name}`, 'split it into several files and name them by a pattern');
  if (promised !== member.bytes) {
    throw damagedErrors.damaged(file, 'npz', `the array ${name} should take ${promised} bytes by its header, its member holds ${member.bytes}`);
  }
  return { name, member, header, type };
}

function shapeOf(file: string, x: NpyArray, y: NpyArray | null): readonly [rows: number, columns: number] {
  const [rows = 0, columns = 0] = x.header.shape;
  const text = (array: NpyArray): string => `(${array.header.shape.join(', ')})`;
  if (x.header.shape.length !== 2) throw damagedErrors.shape(file, 'X', text(x), 'two dimensions, (rows, columns)');
  if (columns === 0) throw damagedErrors.shape(file, 'X', text(x), 'at least one column');
  if (columns > MAXIMUM_COLUMNS) throw damagedErrors.shape(file, 'X', text(x), `at most ${MAXIMUM_COLUMNS} columns`);
  if (x.type.bytes === 0 || y?.type.bytes === 0) throw damagedErrors.dtype(file, 'X', x.header.descr, 'Its values take no byte');
  const labels = y?.header.shape ?? [rows];
  if (labels[0] !== rows || labels.length > 2 || (labels.length === 2 && labels[1] !== 1)) throw damagedErrors.shape(file, 'y', text(y!), `(${rows},): one value for each row of X`);
  return [rows, columns];
}

interface Target {
  readonly rows: number;
  readonly builders: readonly ColumnBuilder[];
  readonly signal: AbortSignal | undefined;
}

async function fill(file: string, { name, member, header, type }: NpyArray, { rows, builders, signal }: Target): Promise<void> {
  const width = builders.length, total = rows * width;
  let skip = header.start, at = 0, rest: Buffer = Buffer.alloc(0);
  for await (const chunk of member.chunks()) {
    signal?.throwIfAborted();
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const from = Math.min(skip, bytes.length), whole = Math.floor((bytes.length - from) / type.bytes);
    skip -= from;
    const place = { file, unit: 'row' as const, number: 0 };
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < whole && at < total; i++, at++) {
      const column = header.fortranOrder ? Math.floor(at / rows) : at % width, builder = builders[column]!;
      place.number = header.fortranOrder ? at % rows : Math.floor(at / width);
      const value = type.read(view, from + i * type.bytes);
      if (typeof value === 'boolean') builder.addBoolean(value, place);
      else if (typeof value === 'string') builder.addText(value, place);
      else builder.addNumber(value, place);
    }
    rest = bytes.subarray(from + whole * type.bytes);
  }
  if (at < total) throw damagedErrors.truncated(file, 'npz', `the array ${name} holds ${at} of ${total} values`);
}
