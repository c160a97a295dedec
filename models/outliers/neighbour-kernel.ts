import { add, addLanes, increase, less, loadDouble, loadInt, loadLanes, loadLong, loadSingle, multiplyLanes, numbered, plus, shiftLeft, smallerLanes, storeDouble, storeInt, storeLanes, times, types } from '../wasm/wasm-instructions.ts';
import { type Code, doLoop, float, get, instantiate, int, op, set, simd, tee, vectorAccess, type WasmFunction, type WasmInstance, wasmModule, when, whileLoop } from '../wasm/wasm-module.ts';

/** Vectors of two reference rows each that are summed together. */
const VECTORS = 8;
/** Features a word of a mask. */
const WORD = 64;
/** Reference rows are filled up to a multiple of it. */
export const ROWS_TOGETHER = 2 * VECTORS;

/** Groups of reference rows of which the smallest sum is kept: two a vector. */
const GROUPS = 4 * ROWS_TOGETHER;
/** With fewer rows, or more neighbours, there is no bound on the sums. */
const FEWEST_BOUNDED = 2 * GROUPS;
const MOST_BOUNDED = 48;
const HALVINGS = 8;

/**
 * sums(count, features, factors, rows, byFeature, norms, sums, minima): |r|² + Σ factor · r of each of `rows` reference rows, and the smallest
 * within each group of them. Four features are added up before they are added to a sum, as `NeighbourSearch` does: sums are the same to the last bit.
 */
function sums(): WasmFunction {
  const v = numbered('count', 'features', 'factors', 'rows', 'byFeature', 'norms', 'sums', 'minima', 'r', 'g', 'p0', 'p1', 'p2', 'p3', 'smallest', 'first');
  const totals = Array.from({ length: VECTORS }, (_, i) => v.first + i), factors = Array.from({ length: 4 }, (_, i) => v.first + VECTORS + i), pointers = [v.p0, v.p1, v.p2, v.p3];
  const pair = (pointer: number, i: number): Code => simd(0x5f, vectorAccess(0x5d, 2, 8 * i, get(pointer)));
  const product = (feature: number, i: number): Code => multiplyLanes(get(factors[feature]!), pair(pointers[feature]!, i));
  const addFour: Code = [
    ...pointers.flatMap((pointer, f) => set(pointer, add(get(v.byFeature), loadInt(add(get(v.features), shiftLeft(get(v.g), 2)), 4 * f)))),
    ...factors.flatMap((factor, f) => set(factor, vectorAccess(0x0a, 3, 8 * f, add(get(v.factors), shiftLeft(get(v.g), 3))))),
    ...totals.flatMap((total, i) => set(total, addLanes(get(total), [0, 1, 2, 3].map((f) => product(f, i)).reduce(addLanes)))),
    ...increase(v.g, 4),
  ];
  const keep = totals.flatMap((total, i): Code => [
    ...storeLanes(16 * i, get(v.sums), get(total)), ...storeLanes(16 * i, get(v.smallest), smallerLanes(loadLanes(16 * i, get(v.smallest)), get(total))),
  ]);
  return {
    name: 'sums', parameters: types('i32', 8), result: 'i32', locals: [...types('i32', 7), ...types('v128', VECTORS + 4)],
    body: [
      ...doLoop([...storeDouble(add(get(v.minima), shiftLeft(get(v.g), 3)), float(Infinity)), ...increase(v.g, 1)], less(get(v.g), int(GROUPS))),
      ...doLoop([
        ...totals.flatMap((total, i) => set(total, loadLanes(16 * i, get(v.norms)))),
        ...set(v.g, int(0)), ...whileLoop(less(get(v.g), get(v.count)), addFour),
        ...set(v.smallest, add(get(v.minima), shiftLeft(op(0x71, get(v.r), int(GROUPS - 1)), 3))), ...keep,
        ...[v.norms, v.sums].flatMap((local) => increase(local, 8 * ROWS_TOGETHER)), ...increase(v.byFeature, 4 * ROWS_TOGETHER), ...increase(v.r, ROWS_TOGETHER),
      ], less(get(v.r), get(v.rows))),
      ...int(0),
    ],
  };
}

/**
 * bound(minima, k): a value that the smallest sums of at least k groups, and thus at least k sums, do not exceed: little more than that by halving the
 * range of the groups' smallest.
 */
function bound(): WasmFunction {
  const v = numbered('minima', 'k', 'i', 'count', 'low', 'high', 'middle', 'each', 'lanes'), at = (offset = 0): Code => add(get(v.minima), shiftLeft(get(v.i), 3), int(offset));
  const range: Code = [
    ...set(v.each, loadDouble(at())), ...set(v.low, op(0xa4, get(v.low), get(v.each))), ...set(v.high, op(0xa5, get(v.high), get(v.each))), ...increase(v.i, 1),
  ];
  const tally: Code = [
    ...set(v.lanes, simd(0xd1, get(v.lanes), simd(0x4b, loadLanes(0, at()), simd(0x14, get(v.middle))))), ...increase(v.i, 2),
  ];
  const halve: Code = [
    ...set(v.middle, plus(get(v.low), op(0xa2, float(0.5), op(0xa1, get(v.high), get(v.low))))),
    ...set(v.i, int(0)), ...set(v.lanes, simd(0x12, [0x42, 0])), ...doLoop(tally, less(get(v.i), int(GROUPS))),
    ...op(0x4f, op(0xa7, op(0x7c, [...get(v.lanes), 0xfd, 0x1d, 0], [...get(v.lanes), 0xfd, 0x1d, 1])), get(v.k)),
    0x04, 0x40, ...set(v.high, get(v.middle)), 0x05, ...set(v.low, get(v.middle)), 0x0b,
    ...increase(v.count, 1),
  ];
  return {
    name: 'bound', parameters: types('i32', 2), result: 'f64', locals: [...types('i32', 2), ...types('f64', 4), 'v128'],
    body: [
      ...set(v.low, float(Infinity)), ...set(v.high, float(-Infinity)), ...doLoop(range, less(get(v.i), int(GROUPS))),
      ...whileLoop(less(get(v.count), int(HALVINGS)), halve), ...get(v.high),
    ],
  };
}

/** nearest(bound, sums, rows, k, found, positions): the k smallest sums, of those up to the bound, ascending, and where they stand; of equals the first. */
function nearest(): WasmFunction {
  const v = numbered('bound', 'sums', 'rows', 'k', 'found', 'positions', 'r', 'i', 'at', 'last', 'near', 'farthest', 'sum');
  const foundAt = (i: Code, offset = 0): Code => add(get(v.found), shiftLeft(i, 3), int(offset)), positionAt = (i: Code, offset = 0): Code => add(get(v.positions), shiftLeft(i, 2), int(offset));
  const insert: Code = [
    ...set(v.i, get(v.last)),
    ...whileLoop(op(0x71, op(0x47, get(v.i), int(0)), op(0x64, loadDouble(foundAt(get(v.i), -8)), get(v.sum))), [
      ...storeDouble(foundAt(get(v.i)), loadDouble(foundAt(get(v.i), -8))), ...storeInt(positionAt(get(v.i)), loadInt(positionAt(get(v.i), -4))), ...increase(v.i, -1),
    ]),
    ...storeDouble(foundAt(get(v.i)), get(v.sum)), ...storeInt(positionAt(get(v.i)), add(get(v.r), get(v.at))), ...set(v.farthest, loadDouble(foundAt(get(v.last)))),
  ];
  const isNear = (i: number): Code => shiftLeft(simd(0xc4, simd(0x4b, loadLanes(16 * i, get(v.sums)), simd(0x14, get(v.bound)))), 2 * i);
  return {
    name: 'nearest', parameters: ['f64', ...types('i32', 5)], result: 'i32', locals: [...types('i32', 5), ...types('f64', 2)],
    body: [
      ...set(v.last, add(get(v.k), int(-1))), ...set(v.farthest, float(Infinity)),
      ...doLoop([...storeDouble(foundAt(get(v.i)), float(Infinity)), ...increase(v.i, 1)], less(get(v.i), get(v.k))),
      ...doLoop([
        ...set(v.near, Array.from({ length: VECTORS }, (_, i) => isNear(i)).reduce((a, b) => op(0x72, a, b))),
        ...whileLoop(get(v.near), [
          ...set(v.at, op(0x68, get(v.near))), ...set(v.near, op(0x71, get(v.near), add(get(v.near), int(-1)))),
          ...when(op(0x63, tee(v.sum, loadDouble(add(get(v.sums), shiftLeft(get(v.at), 3)))), get(v.farthest)), insert),
        ]),
        ...increase(v.r, ROWS_TOGETHER), ...increase(v.sums, 8 * ROWS_TOGETHER),
      ], less(get(v.r), get(v.rows))),
      ...int(0),
    ],
  };
}

/**
 * meanDistance(x, words, mask, k, positions, values, masks, columns): mean Euclidean distance from x to the reference rows at some positions, over the
 * features that are not zero in both, in order. `words`: 64-bit words a mask.
 */
function meanDistance(): WasmFunction {
  const v = numbered('x', 'words', 'mask', 'k', 'positions', 'values', 'masks', 'columns', 'i', 'at', 'word', 'own', 'other', 'ownMask', 'otherMask', 'j', 'bits', 'squared', 'difference', 'total');
  const lowest = shiftLeft(op(0xa7, op(0x7a, get(v.bits))), 2);
  const addSquare: Code = [
    ...set(v.j, lowest), ...set(v.bits, op(0x83, get(v.bits), op(0x7d, get(v.bits), [0x42, 1]))),
    ...set(v.difference, op(0xa1, loadSingle(add(get(v.own), get(v.j))), loadSingle(add(get(v.other), get(v.j))))),
    ...set(v.squared, plus(get(v.squared), op(0xa2, get(v.difference), get(v.difference)))),
  ];
  const addWord: Code = [
    ...set(v.bits, op(0x84, loadLong(get(v.ownMask)), loadLong(get(v.otherMask)))),
    ...whileLoop(op(0x45, op(0x50, get(v.bits))), addSquare),
    ...[v.own, v.other].flatMap((local) => increase(local, 4 * WORD)), ...[v.ownMask, v.otherMask].flatMap((local) => increase(local, 8)), ...increase(v.word, 1),
  ];
  return {
    name: 'meanDistance', parameters: types('i32', 8), result: 'f64', locals: [...types('i32', 8), 'i64', ...types('f64', 3)],
    body: [
      ...doLoop([
        ...set(v.at, loadInt(add(get(v.positions), shiftLeft(get(v.i), 2)))), ...set(v.squared, float(0)), ...set(v.word, int(0)),
        ...set(v.own, get(v.x)), ...set(v.other, add(get(v.values), shiftLeft(times(get(v.at), get(v.columns)), 2))),
        ...set(v.ownMask, get(v.mask)), ...set(v.otherMask, add(get(v.masks), shiftLeft(times(get(v.at), get(v.words)), 3))),
        ...doLoop(addWord, less(get(v.word), get(v.words))),
        ...set(v.total, plus(get(v.total), op(0x9f, get(v.squared)))), ...increase(v.i, 1),
      ], less(get(v.i), get(v.k))),
      ...op(0xa3, get(v.total), op(0xb8, get(v.k))),
    ],
  };
}

const ALIGNMENT = 64;

let code: Uint8Array | undefined;

interface Fields {
  readonly features: Int32Array;
  readonly factors: Float64Array;
  readonly mask: Uint32Array;
  readonly x: Float32Array;
  readonly norms: Float64Array;
  readonly byFeature: Float32Array;
  readonly values: Float32Array;
  readonly masks: Uint32Array;
  readonly sums: Float64Array;
  readonly minima: Float64Array;
  readonly found: Float64Array;
  readonly positions: Int32Array;
}

/** What the functions read and write, one after another; in a memory, or without one to learn its size. */
function layOut(d: number, m: number, k: number, buffer?: ArrayBuffer): { fields: Fields; bytes: number } {
  const words = 2 * Math.ceil(d / WORD), filled = ROWS_TOGETHER * Math.ceil(m / ROWS_TOGETHER);
  let bytes = ALIGNMENT;
  function place<T>(make: new (buffer: ArrayBuffer, at: number, length: number) => T, size: number, length: number): T {
    const at = bytes;
    bytes += ALIGNMENT * Math.ceil(size * length / ALIGNMENT);
    return buffer === undefined ? new make(new ArrayBuffer(0), 0, 0) : new make(buffer, at, length);
  }
  const fields = {
    features: place(Int32Array, 4, d + 4), factors: place(Float64Array, 8, d + 4), mask: place(Uint32Array, 4, words), x: place(Float32Array, 4, d),
    norms: place(Float64Array, 8, filled), byFeature: place(Float32Array, 4, d * filled), values: place(Float32Array, 4, d * m), masks: place(Uint32Array, 4, words * m),
    sums: place(Float64Array, 8, filled), minima: place(Float64Array, 8, GROUPS), found: place(Float64Array, 8, k), positions: place(Int32Array, 4, k),
  };
  return { fields, bytes };
}

/** Distances to the k nearest rows of a reference sample, in WebAssembly with vectors: the same to the bit as by `NeighbourSearch`. */
export class NeighbourKernel {
  readonly #fields: Fields;
  readonly #columns: number;
  readonly #nearest: (count: number) => void;
  readonly #mean: () => number;

  /** values: [m, d]; norms: [m] |r|². Null where there are no vectors, or no room. */
  static of({ values, norms }: { readonly values: Float32Array; readonly norms: Float64Array }, columns: number, k: number): NeighbourKernel | null {
    const { bytes } = layOut(columns, norms.length, k);
    code ??= wasmModule([sums(), bound(), nearest(), meanDistance()]);
    const wasm = instantiate(code, bytes);
    if (wasm === null) return null;
    const { fields } = layOut(columns, norms.length, k, wasm.buffer);
    fields.values.set(values);
    fields.norms.fill(Infinity).set(norms);
    const filled = fields.norms.length, words = fields.mask.length;
    for (let r = 0; r < norms.length; r++) {
      for (let j = 0; j < columns; j++) {
        const value = values[r * columns + j]!;
        fields.byFeature[j * filled + r] = value;
        if (value !== 0) fields.masks[r * words + (j >> 5)]! |= 1 << (j & 31);
      }
    }
    return new NeighbourKernel(wasm, fields, columns);
  }

  private constructor({ call }: WasmInstance, fields: Fields, columns: number) {
    const at = Object.fromEntries(Object.entries(fields as unknown as Record<string, Uint8Array>).map(([name, { byteOffset }]) => [name, byteOffset])) as Record<keyof Fields, number>;
    const k = fields.found.length, rows = fields.norms.length;
    this.#fields = fields;
    this.#columns = columns;
    const bounded = rows >= FEWEST_BOUNDED && k <= MOST_BOUNDED;
    this.#nearest = (count) => {
      call['sums']!(count, at.features, at.factors, rows, at.byFeature, at.norms, at.sums, at.minima);
      call['nearest']!(bounded ? call['bound']!(at.minima, k) : Infinity, at.sums, rows, k, at.found, at.positions);
    };
    this.#mean = () => call['meanDistance']!(at.x, fields.mask.length / 2, at.mask, k, at.positions, at.values, at.masks, columns);
  }

  /** As `NeighbourSearch.meanDistance`. */
  meanDistance(values: Float32Array, base: number, self: number): number {
    const { norms } = this.#fields, count = this.#take(values, base);
    if (self < 0) this.#nearest(count);
    else {
      const norm = norms[self]!;
      norms[self] = Infinity;
      this.#nearest(count);
      norms[self] = norm;
    }
    return this.#mean();
  }

  /** Copies the row and lists its features that are not zero, filled up to a multiple of four. */
  #take(values: Float32Array, base: number): number {
    const { features, factors, mask, x, norms } = this.#fields, stride = 4 * norms.length;
    let count = 0;
    mask.fill(0);
    for (let j = 0; j < this.#columns; j++) {
      const value = values[base + j]!;
      x[j] = value;
      if (value === 0) continue;
      mask[j >> 5]! |= 1 << (j & 31);
      features[count] = j * stride;
      factors[count++] = -2 * value;
    }
    for (; count % 4 !== 0; count++) {
      features[count] = 0;
      factors[count] = 0;
    }
    return count;
  }
}
