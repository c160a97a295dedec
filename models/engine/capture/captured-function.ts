import type { Tensor } from '@tensorflow/tfjs';
import { FLOAT, GraphDef } from './graph-def.ts';
import { GraphSession } from './graph-session.ts';
import type { GraphLoader } from './node-backend.ts';
import { placeRecording } from './place-recording.ts';
import { record } from './recording.ts';

export interface RowFunction {
  /** Of a tensor of rows and of fixed values; every result has a row for each row of the input and depends on no other. */
  readonly compute: (rows: Tensor, fixed: readonly Tensor[]) => readonly Tensor[];
  /** Columns of the input. */
  readonly width: number;
  /** Columns of each result. */
  readonly results: readonly number[];
}

export interface FixedValues { readonly shape: readonly number[]; readonly values: Float32Array }

/**
 * Functions of rows as one captured graph. It is recorded for `batch` rows; fewer are padded with zeros and what comes of those is cut off,
 * so that one graph serves every number of rows.
 */
export class CapturedFunctions<Name extends string> {
  readonly batch: number;
  readonly #functions: Readonly<Record<Name, RowFunction>>;
  readonly #session: GraphSession;

  /** @param fixed values that stay with the graph (a network's parameters). @throws EngineError `not-capturable`. */
  constructor(functions: Readonly<Record<Name, RowFunction>>, fixed: readonly FixedValues[], batch: number, loader: GraphLoader) {
    const graph = new GraphDef(), constants = fixed.map(({ shape, values }) => graph.constant(FLOAT, shape, values));
    this.batch = batch;
    this.#functions = functions;
    for (const [name, { compute, width }] of Object.entries<RowFunction>(functions)) {
      const recording = record(([rows, ...rest]) => compute(rows!, rest), [{ shape: [batch, width] }, ...fixed.map(({ shape }) => ({ shape }))]);
      const outputs = placeRecording(graph, recording, name, [`${graph.placeholder(`${name}/rows`, FLOAT, [batch, width])}:0`, ...constants]);
      outputs.forEach((output, i) => graph.node('Identity', `${name}/result${i}`, [output], { T: graph.floatType }));
    }
    this.#session = new GraphSession(graph, loader);
  }

  /** rows: [n, width] for any n → each result as [n, columns] */
  run(name: Name, rows: Float32Array): Float32Array[] {
    const { width, results } = this.#functions[name], count = rows.length / width, outputs = results.map((columns) => new Float32Array(count * columns));
    for (let first = 0; first < count; first += this.batch) {
      const part = rows.subarray(first * width, (first + this.batch) * width), whole = part.length === this.batch * width;
      const values = whole ? part : new Float32Array(this.batch * width);
      if (!whole) values.set(part);
      const found = this.#session.run([{ name: `${name}/rows`, values, shape: [this.batch, width] }], results.map((_, i) => `${name}/result${i}:0`));
      found.forEach((result, i) => { outputs[i]!.set((result as Float32Array).subarray(0, part.length / width * results[i]!), first * results[i]!); });
    }
    return outputs;
  }

  dispose(): void {
    this.#session.dispose();
  }
}
