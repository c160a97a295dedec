import { BFLOAT16, FLOAT, flagAttribute, typeAttribute } from './graph-def.ts';
import type { Attributes, GraphDef } from './graph-def.ts';
import type { RecordedOp } from './recording.ts';

export type Precision = 'float32' | 'bfloat16';

interface Placed {
  readonly recorded: RecordedOp;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
}

/** The product of two matrices, for which MatMul has a faster kernel than the batched op that tfjs calls. */
function asMatMul({ recorded, attributes, ...rest }: Placed): Placed {
  if (recorded.op !== 'BatchMatMulV2' || recorded.inputShapes.some((shape) => shape.length !== 2)) return { recorded, attributes, ...rest };
  const { T, adj_x: first, adj_y: second } = attributes as { T: Uint8Array; adj_x?: Uint8Array; adj_y?: Uint8Array };
  return { ...rest, recorded: { ...recorded, op: 'MatMul' }, attributes: { T, transpose_a: first ?? flagAttribute(false), transpose_b: second ?? flagAttribute(false) } };
}

const IN_BFLOAT16 = new Set(['MatMul', 'Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput']);
/** Inputs that are sizes, not factors. */
const SIZE_INPUT: Readonly<Record<string, number>> = { Conv2DBackpropFilter: 1, Conv2DBackpropInput: 0 };

function placeInBfloat16(graph: GraphDef, { recorded, name, inputs, attributes }: Placed): void {
  const cast = (from: number, to: number): Attributes => ({ SrcT: typeAttribute(from), DstT: typeAttribute(to), Truncate: flagAttribute(false) });
  const narrow = inputs.map((input, i) => (SIZE_INPUT[recorded.op] === i ? input : `${graph.node('Cast', `${name}/narrow${i}`, [input], cast(FLOAT, BFLOAT16))}:0`));
  const product = graph.node(recorded.op, `${name}/product`, narrow, { ...attributes, T: typeAttribute(BFLOAT16) });
  graph.node('Cast', name, [`${product}:0`], cast(BFLOAT16, FLOAT));
}

/** Writes one recorded op into the graph, or what does its work faster. Its outputs keep their numbers. */
export function placeRewritten(graph: GraphDef, placed: Placed, precision: Precision): void {
  const { recorded, name, inputs, attributes } = asMatMul(placed);
  if (precision === 'bfloat16' && IN_BFLOAT16.has(recorded.op)) placeInBfloat16(graph, { recorded, name, inputs, attributes });
  else graph.node(recorded.op, name, inputs, attributes);
}
