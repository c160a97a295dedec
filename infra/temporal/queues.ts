import type { Queues } from '../../workflows/types.ts';

/** Workflows and what is light on one task queue, stages on the other: a machine serves what it can. */
export const DEFAULT_QUEUES: Queues = { workflow: 'penumbra', cpu: 'penumbra-cpu' };
