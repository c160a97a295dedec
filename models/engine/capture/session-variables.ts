import { FLOAT, shapeAttribute, textAttribute, typeAttribute } from './graph-def.ts';
import type { GraphDef } from './graph-def.ts';
import type { Feed, GraphSession } from './graph-session.ts';

export interface VariableSpec { readonly name: string; readonly shape: readonly number[] }

const DTYPE = { dtype: typeAttribute(FLOAT) };
const T = { T: typeAttribute(FLOAT) };

/** Variables of a session: declared once in the graph, then set and read by group. */
export class SessionVariables {
  readonly #graph: GraphDef;

  constructor(graph: GraphDef) {
    this.#graph = graph;
  }

  /** @returns the handle. */
  declare({ name, shape }: VariableSpec): string {
    return this.#graph.node('VarHandleOp', name, [], { ...DTYPE, shape: shapeAttribute(shape), shared_name: textAttribute(name), container: textAttribute('') });
  }

  /** The value of a variable, after a node. @returns an output. */
  read(handle: string, name: string, after: string | null = null): string {
    return `${this.#graph.node('ReadVariableOp', name, [handle, ...(after === null ? [] : [`^${after}`])], DTYPE)}:0`;
  }

  /** @returns the node's name. */
  assign(handle: string, name: string, value: string): string {
    return this.#graph.node('AssignVariableOp', name, [handle, value], DTYPE);
  }

  /**
   * A way to set variables from the host. What is fed is copied: the host's memory may only be let go of by its own thread, and the
   * optimiser gives a variable's memory back on any.
   */
  declareSetter(group: string, specs: readonly VariableSpec[]): void {
    const assigned = specs.map(({ name, shape }) => {
      const feed = this.#graph.placeholder(`${group}/${name}`, FLOAT, shape);
      const copy = this.#graph.node('DeepCopy', `${group}/${name}/copy`, [`${feed}:0`], T);
      return `^${this.assign(name, `${group}/${name}/assign`, `${copy}:0`)}`;
    });
    this.#graph.node('Identity', group, [this.#graph.constant(FLOAT, [], Float32Array.of(1)), ...assigned], T);
  }

  declareGetter(specs: readonly VariableSpec[]): void {
    for (const { name } of specs) this.read(name, `get/${name}`);
  }
}

export function setVariables(session: GraphSession, group: string, specs: readonly VariableSpec[], values: readonly Float32Array[]): void {
  const feeds = specs.map(({ name, shape }, i): Feed => ({ name: `${group}/${name}`, values: values[i]!, shape }));
  session.run(feeds, [`${group}:0`]);
}

export function getVariables(session: GraphSession, specs: readonly VariableSpec[]): Float32Array[] {
  return session.run([], specs.map(({ name }) => `get/${name}:0`)) as Float32Array[];
}
