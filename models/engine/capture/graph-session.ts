import type { HostValues, GraphLoader, NativeBinding } from './node-backend.ts';
import { nodeBackend } from './node-backend.ts';
import { FLOAT } from './graph-def.ts';
import type { GraphDef } from './graph-def.ts';

export interface Feed {
  /** Name of a placeholder. */
  readonly name: string;
  readonly values: HostValues;
  readonly shape: readonly number[];
  readonly dtype?: number;
}

/** A loaded graph with its variables. */
export class GraphSession {
  readonly #binding: NativeBinding;
  #id: number | null;

  constructor(graph: GraphDef, loader: GraphLoader) {
    this.#binding = nodeBackend().binding;
    this.#id = loader.load(graph.savedModel(), this.#binding);
  }

  /** One call. The feeds' arrays may be written to again once it is over. @returns the values of the outputs, in order. */
  run(feeds: readonly Feed[], outputs: readonly string[]): HostValues[] {
    if (this.#id === null) throw new Error('the session of this captured graph is closed');
    const binding = this.#binding;
    const inputs = feeds.map(({ values, shape, dtype = FLOAT }) => binding.createTensor(shape, dtype, values));
    try {
      const results = binding.runSavedModel(this.#id, inputs, feeds.map(({ name }) => `${name}:0`).join(), outputs.join());
      return results.map(({ id }) => {
        const values = binding.tensorDataSync(id);
        binding.deleteTensor(id);
        return values;
      });
    } finally {
      for (const id of inputs) binding.deleteTensor(id);
    }
  }

  dispose(): void {
    if (this.#id !== null) this.#binding.deleteSavedModel(this.#id);
    this.#id = null;
  }
}
