import { add, increase, less, loadDouble, loadInt, numbered, plus, shiftLeft, storeDouble, times, types } from '../wasm/wasm-instructions.ts';
import { access, type Code, doLoop, get, instantiate, int, set, type WasmFunction, type WasmInstance, wasmModule } from '../wasm/wasm-module.ts';

/** Rows whose costs are added up side by side. */
export const ROWS_TOGETHER = 8;
/** Of one pair: byte offsets of its features among the bins, the bins of the second one, where its costs begin. */
const PAIR_WORDS = 4;

export interface PairCosts {
  readonly a: number;
  readonly b: number;
  /** [bins of a * bins of b], row-major in a's bins. */
  readonly cost: Float64Array;
  /** Bins of b. */
  readonly sizeB: number;
}

/** addCosts(pair, end, bins, sums): adds each pair's cost of their bins to the sums of rows that stand together. */
function addCosts(): WasmFunction {
  const v = numbered('pair', 'end', 'bins', 'sums', 'binsA', 'binsB', 'size', 'costs', 'first'), rows = Array.from({ length: ROWS_TOGETHER }, (_, i) => i);
  const binAt = (local: number, row: number): Code => access(0x2d, 0, row, get(local));
  const addRow = (row: number): Code => {
    const cell = add(times(binAt(v.binsA, row), get(v.size)), binAt(v.binsB, row));
    return set(v.first + row, plus(get(v.first + row), loadDouble(add(get(v.costs), shiftLeft(cell, 3)))));
  };
  return {
    name: 'addCosts', parameters: types('i32', 4), result: 'i32', locals: [...types('i32', 4), ...types('f64', ROWS_TOGETHER)],
    body: [
      ...doLoop([
        ...set(v.binsA, add(get(v.bins), loadInt(get(v.pair)))), ...set(v.binsB, add(get(v.bins), loadInt(get(v.pair), 4))),
        ...set(v.size, loadInt(get(v.pair), 8)), ...set(v.costs, loadInt(get(v.pair), 12)),
        ...rows.flatMap(addRow), ...increase(v.pair, 4 * PAIR_WORDS),
      ], less(get(v.pair), get(v.end))),
      ...rows.flatMap((row) => storeDouble(add(get(v.sums), int(8 * row)), get(v.first + row))),
      ...int(0),
    ],
  };
}

let code: Uint8Array | undefined;

/** Sums of the costs of pairs of bins, in WebAssembly: the same to the bit as one pair after another. */
export class PairKernel {
  /** [features, ROWS_TOGETHER] bins of rows, to be filled before `sums` are asked for. */
  readonly bins: Uint8Array;
  readonly #call: () => void;
  readonly #sums: Float64Array;

  /** Null where there is no WebAssembly, no room, or no pair. */
  static of(pairs: readonly PairCosts[], features: number): PairKernel | null {
    const costs = 4 * PAIR_WORDS * pairs.length, sums = costs + 8 * pairs.reduce((sum, { cost }) => sum + cost.length, 0), bins = sums + 8 * ROWS_TOGETHER, bytes = bins + features * ROWS_TOGETHER;
    code ??= wasmModule([addCosts()]);
    const wasm = pairs.length === 0 ? null : instantiate(code, bytes);
    if (wasm === null) return null;
    const words = new Int32Array(wasm.buffer, 0, PAIR_WORDS * pairs.length);
    let at = costs;
    for (const [i, { a, b, cost, sizeB }] of pairs.entries()) {
      words.set([ROWS_TOGETHER * a, ROWS_TOGETHER * b, sizeB, at], PAIR_WORDS * i);
      new Float64Array(wasm.buffer, at, cost.length).set(cost);
      at += 8 * cost.length;
    }
    return new PairKernel(wasm, { end: costs, bins, sums, features });
  }

  private constructor({ buffer, call }: WasmInstance, { end, bins, sums, features }: { readonly end: number; readonly bins: number; readonly sums: number; readonly features: number }) {
    this.bins = new Uint8Array(buffer, bins, features * ROWS_TOGETHER);
    this.#sums = new Float64Array(buffer, sums, ROWS_TOGETHER);
    this.#call = () => call['addCosts']!(0, end, bins, sums);
  }

  /** [ROWS_TOGETHER] of the rows whose bins stand there; overwritten by the next call. */
  sums(): Float64Array {
    this.#call();
    return this.#sums;
  }
}
