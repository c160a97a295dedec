import protobuf from 'protobufjs/minimal.js';
import type { HostValues } from './node-backend.ts';

/** TensorFlow's numbers of element types. */
export const FLOAT = 1, INT32 = 3, BOOL = 10, BFLOAT16 = 14;

/** Serialised `AttrValue` of a node. */
export type Attribute = Uint8Array;
type Writer = protobuf.Writer;

// Field numbers and wire types of tensorflow/core/framework/{node_def,attr_value,tensor,tensor_shape,graph,versions}.proto and core/protobuf/{meta_graph,saved_model}.proto.
const tag = (field: number, wire: 0 | 2 | 5): number => field * 8 + wire;
/** The version of GraphDef that TensorFlow 2.18 writes; an old one would switch rewriting off or on by rules of that time. */
const PRODUCER = 1882;

function message(write: (writer: Writer) => void): Uint8Array {
  const writer = protobuf.Writer.create();
  write(writer);
  return writer.finish();
}

function shapeProto(shape: readonly number[]): Uint8Array {
  return message((w) => { for (const side of shape) w.uint32(tag(2, 2)).bytes(message((d) => { d.uint32(tag(1, 0)).int64(side); })); });
}

export const typeAttribute = (type: number): Attribute => message((w) => { w.uint32(tag(6, 0)).int32(type); });
export const shapeAttribute = (shape: readonly number[]): Attribute => message((w) => { w.uint32(tag(7, 2)).bytes(shapeProto(shape)); });
export const textAttribute = (text: string): Attribute => message((w) => { w.uint32(tag(2, 2)).string(text); });
export const flagAttribute = (flag: boolean): Attribute => message((w) => { w.uint32(tag(5, 0)).bool(flag); });
export const integerAttribute = (value: number): Attribute => message((w) => { w.uint32(tag(3, 0)).int64(value); });
export const realAttribute = (value: number): Attribute => message((w) => { w.uint32(tag(4, 5)).float(value); });

function listAttribute(write: (writer: Writer) => void): Attribute {
  return message((w) => { w.uint32(tag(1, 2)).bytes(message(write)); });
}
export const integersAttribute = (values: readonly number[]): Attribute =>
  listAttribute((w) => { for (const value of values) w.uint32(tag(3, 0)).int64(value); });
export const textsAttribute = (values: readonly string[]): Attribute =>
  listAttribute((w) => { for (const value of values) w.uint32(tag(2, 2)).string(value); });

function tensorAttribute(type: number, shape: readonly number[], values: HostValues): Attribute {
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const tensor = message((w) => { w.uint32(tag(1, 0)).int32(type).uint32(tag(2, 2)).bytes(shapeProto(shape)).uint32(tag(4, 2)).bytes(content); });
  return message((w) => { w.uint32(tag(8, 2)).bytes(tensor); });
}

export type Attributes = Readonly<Record<string, Attribute>>;

/**
 * A TensorFlow graph under construction. Nodes are named by the caller; an input is `name:output`, a resource handle's bare name, or
 * `^name` for "after".
 */
export class GraphDef {
  readonly #nodes: Uint8Array[] = [];
  readonly #constants = new Map<string, string>();

  readonly floatType = typeAttribute(FLOAT);

  /** @returns the name. */
  node(op: string, name: string, inputs: readonly string[] = [], attributes: Attributes = {}): string {
    this.#nodes.push(message((w) => {
      w.uint32(tag(1, 2)).string(name).uint32(tag(2, 2)).string(op);
      for (const input of inputs) w.uint32(tag(3, 2)).string(input);
      for (const [key, value] of Object.entries(attributes)) {
        w.uint32(tag(5, 2)).bytes(message((entry) => { entry.uint32(tag(1, 2)).string(key).uint32(tag(2, 2)).bytes(value); }));
      }
    }));
    return name;
  }

  /** A constant; equal small ones are one node. @returns its output. */
  constant(type: number, shape: readonly number[], values: HostValues): string {
    const key = values.byteLength <= 64 ? `${type};${shape.join()};${Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).join()}` : null;
    const known = key === null ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.node('Const', `constant${this.#nodes.length}`, [], { dtype: typeAttribute(type), value: tensorAttribute(type, shape, values) });
    if (key !== null) this.#constants.set(key, `${name}:0`);
    return `${name}:0`;
  }

  /** An input of a call; −1 in the shape stands for any size. @returns its name. */
  placeholder(name: string, type: number, shape: readonly number[]): string {
    return this.node('Placeholder', name, [], { dtype: typeAttribute(type), shape: shapeAttribute(shape) });
  }

  /** The bytes of `saved_model.pb`, with the tag `serve`. */
  savedModel(): Uint8Array {
    const graph = message((w) => {
      for (const node of this.#nodes) w.uint32(tag(1, 2)).bytes(node);
      w.uint32(tag(4, 2)).bytes(message((versions) => { versions.uint32(tag(1, 0)).int32(PRODUCER); }));
    });
    const info = message((w) => { w.uint32(tag(4, 2)).string('serve'); });
    const metaGraph = message((w) => { w.uint32(tag(1, 2)).bytes(info).uint32(tag(2, 2)).bytes(graph); });
    return message((w) => { w.uint32(tag(1, 0)).int64(1).uint32(tag(2, 2)).bytes(metaGraph); });
  }
}
