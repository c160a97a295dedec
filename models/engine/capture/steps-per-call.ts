import type { Network } from '../network.ts';
import { parameterCount } from '../parameters.ts';

/** TensorFlow prepares a graph in time that grows faster than its size: eight steps take a third of the second that sixteen take, and run as fast. */
const MOST = 8;
/** Multiplications and additions that a call may cost: about a tenth of a second on two cores. */
const CALL_OPERATIONS = 8e9;
/** Forward, gradient of the weights, gradient of the input: a multiplication and an addition each. */
const PASSES = 6;

/** Steps that one call of a captured graph makes: many of a small network, so that the call itself costs little; few of a large one, so that the host can report and be stopped. */
export function stepsPerCall(network: Network, batch: number): number {
  return Math.max(1, Math.min(MOST, Math.floor(CALL_OPERATIONS / (PASSES * batch * parameterCount(network.parameters)))));
}
