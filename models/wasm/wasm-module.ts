/** WebAssembly as bytes: an instruction with its operands before it, which makes expressions nest as in the text format. */
export type Code = readonly number[];

/** What the standard library's types leave out: they have WebAssembly for browsers alone. */
interface WasmGlobal {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, (...values: number[]) => number>> };
}

const PAGE_BYTES = 65_536;
const TYPES = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b } as const;

export type ValueType = keyof typeof TYPES;

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...bytes, rest & 0x7f];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** An instruction of one byte, after its operands. */
export const op = (opcode: number, ...operands: readonly Code[]): Code => [...operands.flat(), opcode];
/** One of the vector instructions, which share a prefix. */
export const simd = (opcode: number, ...operands: readonly Code[]): Code => [...operands.flat(), 0xfd, ...unsigned(opcode)];
/** Loads and stores say an alignment, as an exponent of two, and an offset to the address that is their first operand. */
export const access = (opcode: number, align: number, offset: number, ...operands: readonly Code[]): Code => [...op(opcode, ...operands), align, ...unsigned(offset)];
export const vectorAccess = (opcode: number, align: number, offset: number, ...operands: readonly Code[]): Code => [...simd(opcode, ...operands), align, ...unsigned(offset)];

export const int = (value: number): Code => [0x41, ...signed(value)];
export const float = (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const tee = (local: number, value: Code): Code => [...value, 0x22, ...unsigned(local)];

const VOID = 0x40;

/** The body while the condition holds, which is looked at before each round. */
export const whileLoop = (condition: Code, body: Code): Code => [0x02, VOID, 0x03, VOID, ...op(0x45, condition), 0x0d, 1, ...body, 0x0c, 0, 0x0b, 0x0b];
/** The body, again while the condition holds. */
export const doLoop = (body: Code, condition: Code): Code => [0x03, VOID, ...body, ...condition, 0x0d, 0, 0x0b];
export const when = (condition: Code, body: Code): Code => [...condition, 0x04, VOID, ...body, 0x0b];

export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly result: ValueType;
  /** Numbered on from the parameters. */
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): number[] => [id, ...unsigned(content.length), ...content];
const text = (value: string): number[] => [...unsigned(value.length), ...new TextEncoder().encode(value)];

/** A module of some functions over one memory, imported as `host.memory`. */
export function wasmModule(functions: readonly WasmFunction[]): Uint8Array {
  const bodies = functions.map(({ locals, body }) => {
    const code = [...list(locals.map((type) => [1, TYPES[type]])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.of(
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, list(functions.map(({ parameters, result }) => [0x60, ...list(parameters.map((type) => [TYPES[type]])), 1, TYPES[result]]))),
    ...section(2, list([[...text('host'), ...text('memory'), 2, 0, 0]])),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(7, list(functions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]))),
    ...section(10, list(bodies)),
  );
}

export interface WasmInstance {
  readonly buffer: ArrayBuffer;
  readonly call: Readonly<Record<string, (...values: number[]) => number>>;
}

const MOST_BYTES = 2 ** 30;

/** A module over a memory of so many bytes; null where there is no WebAssembly, or none with vectors, or no room, or more than a gibibyte is asked for. */
export function instantiate(bytes: Uint8Array, memoryBytes: number): WasmInstance | null {
  const wasm = (globalThis as { WebAssembly?: WasmGlobal }).WebAssembly;
  if (wasm === undefined || memoryBytes > MOST_BYTES) return null;
  try {
    const memory = new wasm.Memory({ initial: Math.ceil(memoryBytes / PAGE_BYTES) });
    return { buffer: memory.buffer, call: new wasm.Instance(new wasm.Module(bytes), { host: { memory } }).exports };
  } catch {
    return null;
  }
}
