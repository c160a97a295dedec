import { type LevelEncoding, packLevels, unpackLevels } from './packed-levels.ts';
import { type Codes, packCodes, packNumbers, type PackedColumn, unpackCodes, unpackNumbers, type Values } from './packed-column.ts';

const BLOCK_ROWS = 16_384;
const ALIGNMENT = 8;
/** An object is closed when it holds so much. */
const OBJECT_BYTES = 16 * 1024 * 1024;
/** Texts of so many characters make a block, or a part of a dictionary; one text may be longer. */
const BLOCK_CHARACTERS = 4 * 1024 * 1024;

const ARRAYS = { i8: Int8Array, i16: Int16Array, i32: Int32Array, u8: Uint8Array, u16: Uint16Array, f32: Float32Array, f64: Float64Array } as const;
type ArrayName = keyof typeof ARRAYS;

/** Some rows of one column of a piece, or levels of its dictionary, which come before its rows and follow each other. */
export type PieceBlock = { readonly column: number } & (
  | { readonly kind: 'numbers'; readonly values: Float64Array }
  /** levels: those of the block; null where the column's dictionary has them. */
  | { readonly kind: 'codes'; readonly codes: Int32Array; readonly levels: readonly string[] | null }
  | { readonly kind: 'levels'; readonly levels: readonly string[] }
);

interface Packed {
  readonly head: { readonly column: number; readonly kind: PieceBlock['kind']; readonly type: ArrayName; readonly length: number; readonly levels: { readonly count: number; readonly bytes: number; readonly encoding: LevelEncoding } | null };
  /** The rows, and the ends and the bytes of levels. */
  readonly parts: readonly Uint8Array[];
}

/** The columns in objects of about 16 MiB, column by column: blocks in the narrowest type that holds them exactly, behind a list of what they are. */
export function* writePiece(columns: readonly PackedColumn[]): Generator<Uint8Array> {
  let open: Packed[] = [], bytes = 0;
  for (const [index, column] of columns.entries()) {
    for (const block of blocksOf(column, index)) {
      open.push(block);
      bytes += block.parts.reduce((sum, part) => sum + part.length, 0);
      if (bytes < OBJECT_BYTES) continue;
      yield objectOf(open);
      open = [];
      bytes = 0;
    }
  }
  if (open.length > 0) yield objectOf(open);
}

/** Reads what `writePiece` wrote: the blocks of one object. @throws SyntaxError, RangeError when the bytes are none */
export function* readPieceObject(bytes: Uint8Array): Generator<PieceBlock> {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const heads = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + 4, length).toString()) as readonly Packed['head'][];
  let at = aligned(4 + length);
  const take = (count: number): Uint8Array<ArrayBuffer> => {
    if (at + count > bytes.length) throw new RangeError(`a piece ends ${at + count - bytes.length} bytes early`);
    const taken = bytes.slice(at, at + count);
    at = aligned(at + count);
    return taken;
  };
  for (const head of heads) {
    const packed = new ARRAYS[head.type](take(head.length * ARRAYS[head.type].BYTES_PER_ELEMENT).buffer);
    const { levels: given } = head, levels = given === null ? null : unpackLevels({ ends: new Int32Array(take(4 * given.count).buffer), bytes: take(given.bytes), encoding: given.encoding });
    yield blockOf(head, packed, levels);
  }
}

function blockOf({ column, kind }: Packed['head'], packed: Values | Codes, levels: readonly string[] | null): PieceBlock {
  if (kind === 'levels') return { column, kind, levels: levels! };
  if (kind === 'numbers') {
    const values = new Float64Array(packed.length);
    unpackNumbers(packed as Values, values, 0);
    return { column, kind, values };
  }
  const codes = new Int32Array(packed.length);
  unpackCodes(packed as Codes, codes, 0);
  return { column, kind, codes, levels };
}

function* blocksOf(column: PackedColumn, index: number): Generator<Packed> {
  for (const levels of dictionaryParts(column.levels ?? [])) yield pack(index, 'levels', new Uint8Array(0), levels);
  for (let start = 0; start < column.rows; start += BLOCK_ROWS) yield* rowsOf(column, index, start, Math.min(column.rows, start + BLOCK_ROWS));
}

function* rowsOf(column: PackedColumn, index: number, start: number, end: number): Generator<Packed> {
  const part = column.read(start, end);
  if (part.kind === 'number') yield pack(index, 'numbers', packNumbers(part.values), null);
  else if (column.levels !== null) yield pack(index, 'codes', packCodes(part.codes), null);
  else if (end - start === 1 || part.levels.reduce((sum, level) => sum + level.length, 0) <= BLOCK_CHARACTERS) yield pack(index, 'codes', packCodes(part.codes), part.levels);
  else {
    const middle = (start + end) >>> 1;
    yield* rowsOf(column, index, start, middle);
    yield* rowsOf(column, index, middle, end);
  }
}

function* dictionaryParts(levels: readonly string[]): Generator<readonly string[]> {
  let first = 0, characters = 0;
  for (const [i, level] of levels.entries()) {
    characters += level.length;
    if (characters < BLOCK_CHARACTERS) continue;
    yield levels.slice(first, i + 1);
    first = i + 1;
    characters = 0;
  }
  if (first < levels.length) yield levels.slice(first);
}

function pack(column: number, kind: PieceBlock['kind'], packed: Values | Codes, levels: readonly string[] | null): Packed {
  const given = levels === null ? null : packLevels(levels), parts = given === null ? [bytesOf(packed)] : [bytesOf(packed), bytesOf(given.ends), given.bytes];
  return { head: { column, kind, type: nameOf(packed), length: packed.length, levels: given === null ? null : { count: given.ends.length, bytes: given.bytes.length, encoding: given.encoding } }, parts };
}

function bytesOf({ buffer, byteOffset, byteLength }: Values | Codes): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function nameOf(packed: Values | Codes): ArrayName {
  return (Object.keys(ARRAYS) as ArrayName[]).find((name) => packed instanceof ARRAYS[name])!;
}

function aligned(position: number): number {
  return Math.ceil(position / ALIGNMENT) * ALIGNMENT;
}

function objectOf(blocks: readonly Packed[]): Uint8Array {
  const head = Buffer.from(JSON.stringify(blocks.map((block) => block.head))), parts = blocks.flatMap((block) => block.parts);
  const whole = new Uint8Array(parts.reduce((at, part) => aligned(at + part.length), aligned(4 + head.length)));
  new DataView(whole.buffer).setUint32(0, head.length, true);
  whole.set(head, 4);
  let at = aligned(4 + head.length);
  for (const part of parts) {
    whole.set(part, at);
    at = aligned(at + part.length);
  }
  return whole;
}
