import { BETA_1, BETA_2, EPSILON, adamFactors } from '../adam.ts';
import { FLOAT, flagAttribute, integerAttribute, typeAttribute } from './graph-def.ts';
import type { GraphDef } from './graph-def.ts';

const T = { T: typeAttribute(FLOAT) };
const dtype = { dtype: typeAttribute(FLOAT) };
export const scalarConstant = (graph: GraphDef, value: number): string => graph.constant(FLOAT, [], Float32Array.of(value));

/** Columns of the table that a call feeds, one row a step. */
export const STEP_COLUMNS = ['klWeight', 'stepSize', 'epsilon', 'kept'] as const;

/**
 * What the host computes in double precision for each update, so that ResourceApplyAdam needs no bias correction of its own:
 * stepSize · m / (√(v · c) + ε) = (stepSize / √c) · m / (√v + ε / √c).
 * @param count of the update, from 1.
 */
export function stepRow(klWeight: number, rate: number, count: number, weightDecay: number): number[] {
  const { stepSize, correction } = adamFactors(rate, count), root = Math.sqrt(correction);
  return [klWeight, stepSize / root, EPSILON / root, 1 - rate * weightDecay];
}

/** Global norm of gradients, and what clipping multiplies them with; no scale where there is no limit. */
export function normNodes(graph: GraphDef, prefix: string, gradients: readonly string[], clip: number): { norm: string; scale: string | null } {
  const halves = gradients.map((gradient, i) => `${graph.node('L2Loss', `${prefix}/square${i}`, [gradient], T)}:0`);
  const half = `${graph.node('AddN', `${prefix}/squares`, halves, { ...T, N: integerAttribute(halves.length) })}:0`;
  const square = `${graph.node('Mul', `${prefix}/normSquare`, [half, scalarConstant(graph, 2)], T)}:0`;
  const norm = `${graph.node('Sqrt', `${prefix}/norm`, [square], T)}:0`;
  if (clip === Number.POSITIVE_INFINITY) return { norm, scale: null };
  const bounded = `${graph.node('Maximum', `${prefix}/bounded`, [norm, scalarConstant(graph, clip)], T)}:0`;
  return { norm, scale: `${graph.node('RealDiv', `${prefix}/scale`, [scalarConstant(graph, clip), bounded], T)}:0` };
}

export interface AdamNode {
  /** Handles of the parameter and its moments. */
  readonly handles: readonly [parameter: string, first: string, second: string];
  readonly gradient: string;
  readonly scale: string | null;
  readonly stepSize: string;
  readonly epsilon: string;
  /** Name of a node that has to run before. */
  readonly after: string | null;
}

/** One fused update of a variable and its moments. @returns the node's name, for `^name`. */
export function adamNode(graph: GraphDef, name: string, { handles, gradient, scale, stepSize, epsilon, after }: AdamNode): string {
  const scaled = scale === null ? gradient : `${graph.node('Mul', `${name}/scaled`, [gradient, scale], T)}:0`;
  const zero = scalarConstant(graph, 0), moments = [scalarConstant(graph, BETA_1), scalarConstant(graph, BETA_2)];
  return graph.node('ResourceApplyAdam', name, [...handles, zero, zero, stepSize, ...moments, epsilon, scaled, ...(after === null ? [] : [`^${after}`])],
    { ...T, use_locking: flagAttribute(false), use_nesterov: flagAttribute(false) });
}

/** Multiplies a parameter with what weight decay leaves of it. @returns the node's name. */
export function decayNode(graph: GraphDef, name: string, handle: string, value: string, kept: string): string {
  return graph.node('AssignVariableOp', name, [handle, `${graph.node('Mul', `${name}/kept`, [value, kept], T)}:0`], dtype);
}
