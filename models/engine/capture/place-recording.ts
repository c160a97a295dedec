import { EngineError } from '../engine-error.ts';
import { unknownAttribute } from './capture-messages.ts';
import { flagAttribute, integerAttribute, integersAttribute, realAttribute, textAttribute, typeAttribute } from './graph-def.ts';
import type { Attribute, Attributes, GraphDef } from './graph-def.ts';
import { nodeBackend } from './node-backend.ts';
import type { OpAttribute } from './node-backend.ts';
import type { Precision } from './rewrite.ts';
import { placeRewritten } from './rewrite.ts';
import type { Recording, Source } from './recording.ts';

type Kind = 'TF_ATTR_STRING' | 'TF_ATTR_INT' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_TYPE';
const KINDS: readonly Kind[] = ['TF_ATTR_STRING', 'TF_ATTR_INT', 'TF_ATTR_FLOAT', 'TF_ATTR_BOOL', 'TF_ATTR_TYPE'];

function attributeOf(op: string, { name, type, value }: OpAttribute): Attribute {
  const numbers = nodeBackend().binding as unknown as Readonly<Record<Kind, number>>;
  switch (KINDS.find((kind) => numbers[kind] === type)) {
    case 'TF_ATTR_STRING': return textAttribute(String(value));
    case 'TF_ATTR_INT': return Array.isArray(value) ? integersAttribute(value as number[]) : integerAttribute(value as number);
    case 'TF_ATTR_FLOAT': return realAttribute(value as number);
    case 'TF_ATTR_BOOL': return flagAttribute(value as boolean);
    case 'TF_ATTR_TYPE': return typeAttribute(value as number);
    default: throw new EngineError('not-capturable', unknownAttribute(op, name));
  }
}

/**
 * Writes a recording into a graph, as often as wanted: once per step of a call.
 * @param prefix of the nodes' names. @param inputs outputs of the graph that stand for the arguments.
 * @returns the graph's outputs that stand for the results.
 */
export function placeRecording(graph: GraphDef, recording: Recording, prefix: string, inputs: readonly string[], precision: Precision = 'float32'): string[] {
  const constants = recording.constants.map(({ dtype, shape, values }) => graph.constant(dtype, shape, values));
  const nameOf = (source: Source): string => {
    if (source.kind === 'argument') return inputs[source.index]!;
    return source.kind === 'constant' ? constants[source.index]! : `${prefix}/${source.index}:${source.output}`;
  };
  recording.ops.forEach((recorded, index) => {
    const attributes: Attributes = Object.fromEntries(recorded.attributes.map((attribute) => [attribute.name, attributeOf(recorded.op, attribute)]));
    placeRewritten(graph, { recorded, name: `${prefix}/${index}`, inputs: recorded.inputs.map(nameOf), attributes }, precision);
  });
  return recording.results.map(nameOf);
}
