import { add, increase, less, loadDouble, loadInt, loadSingle, numbered, plus, shiftLeft, storeDouble, types } from '../wasm/wasm-instructions.ts';
import { type Code, doLoop, get, instantiate, int, op, set, type WasmFunction, type WasmInstance, wasmModule } from '../wasm/wasm-module.ts';

/** Rows that go down a tree side by side, since each would wait for its next node. */
const TOGETHER = 4;
/** Rows scored by all trees in turn, so that both the rows and one tree stay in the cache. */
const BLOCK = 128;
/** threshold (double), byte offset of the left child in all nodes, byte offset of the feature in a row. */
const NODE_BYTES = 16;

/** All trees in one set of arrays. The children of node i are left[i] and left[i] + 1; a leaf has left 0. */
export interface Forest {
  readonly roots: Int32Array;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  /** Depth of a leaf plus the expected depth of the rows it holds. */
  readonly depth: Float64Array;
}

/**
 * addDepths(root, steps, nodes, depths, x, rowBytes, sums, end): adds to each sum up to `end` the depth of the leaf that its row of x comes to after so
 * many steps from the root; a leaf is its own child.
 */
function addDepths(): WasmFunction {
  const v = numbered('root', 'steps', 'nodes', 'depths', 'x', 'rowBytes', 'sums', 'end', 'step', 'first'), nodes = Array.from({ length: TOGETHER }, (_, i) => v.first + i);
  const rows = nodes.map((node) => node + TOGETHER);
  const descend = nodes.flatMap((node, i): Code => {
    const at = add(get(v.nodes), get(node)), value = loadSingle(add(get(rows[i]!), loadInt(at, 12)));
    return set(node, add(loadInt(at, 8), shiftLeft(op(0x64, value, loadDouble(at)), 4)));
  });
  const sumAt = (i: number): Code => add(get(v.sums), int(8 * i));
  return {
    name: 'addDepths', parameters: types('i32', 8), result: 'i32', locals: types('i32', 1 + 2 * TOGETHER),
    body: [
      ...doLoop([
        ...nodes.flatMap((node, i) => [...set(node, get(v.root)), ...set(rows[i]!, get(v.x)), ...set(v.x, add(get(v.x), get(v.rowBytes)))]),
        ...set(v.step, int(0)), ...doLoop([...descend, ...increase(v.step, 1)], less(get(v.step), get(v.steps))),
        ...nodes.flatMap((node, i) => storeDouble(sumAt(i), plus(loadDouble(sumAt(i)), loadDouble(add(get(v.depths), op(0x76, get(node), int(1))))))),
        ...increase(v.sums, 8 * TOGETHER),
      ], less(get(v.sums), get(v.end))),
      ...int(0),
    ],
  };
}

let code: Uint8Array | undefined;

/** Depths of rows in a forest, in WebAssembly: the same to the bit as going down one row at a time. */
export class ForestKernel {
  readonly #wasm: WasmInstance;
  readonly #columns: number;
  readonly #steps: number;
  readonly #roots: Int32Array;
  readonly #at: { readonly nodes: number; readonly depths: number; readonly sums: number; readonly x: number };

  /** steps: the longest way to a leaf. Null where there is no WebAssembly, or no room. */
  static of(forest: Forest, columns: number, steps: number): ForestKernel | null {
    const size = forest.left.length, depths = NODE_BYTES * size, sums = depths + 8 * size, x = sums + 8 * BLOCK, bytes = x + 4 * columns * BLOCK;
    code ??= wasmModule([addDepths()]);
    const wasm = instantiate(code, bytes);
    return wasm === null ? null : new ForestKernel(wasm, { forest, columns, steps, at: { nodes: 0, depths, sums, x } });
  }

  private constructor(wasm: WasmInstance, { forest, columns, steps, at }: { forest: Forest; columns: number; steps: number; at: { nodes: number; depths: number; sums: number; x: number } }) {
    this.#wasm = wasm;
    this.#columns = columns;
    this.#steps = Math.max(1, steps);
    this.#roots = forest.roots;
    this.#at = at;
    const size = forest.left.length, thresholds = new Float64Array(wasm.buffer, at.nodes, 2 * size), links = new Int32Array(wasm.buffer, at.nodes, 4 * size);
    new Float64Array(wasm.buffer, at.depths, size).set(forest.depth);
    for (let node = 0; node < size; node++) {
      const isLeaf = forest.left[node] === 0;
      thresholds[2 * node] = isLeaf ? Infinity : forest.threshold[node]!;
      links[4 * node + 2] = NODE_BYTES * (isLeaf ? node : forest.left[node]!);
      links[4 * node + 3] = 4 * forest.feature[node]!;
    }
  }

  /** Sum over the trees of each row's depth, [x.rows]. report: called with the rows that are done. */
  depths(values: Float32Array, rows: number, report: (rows: number) => void): Float64Array {
    const { buffer, call } = this.#wasm, { nodes, depths, sums: sumsAt, x: xAt } = this.#at, columns = this.#columns;
    const sums = new Float64Array(buffer, sumsAt, BLOCK), x = new Float32Array(buffer, xAt, columns * BLOCK), all = new Float64Array(rows);
    for (let start = 0; start < rows; start += BLOCK) {
      const end = Math.min(rows, start + BLOCK), filled = TOGETHER * Math.ceil((end - start) / TOGETHER);
      x.set(values.subarray(start * columns, end * columns));
      sums.fill(0);
      for (const root of this.#roots) call['addDepths']!(NODE_BYTES * root, this.#steps, nodes, depths, xAt, 4 * columns, sumsAt, sumsAt + 8 * filled);
      all.set(sums.subarray(0, end - start), start);
      report(end);
    }
    return all;
  }
}
