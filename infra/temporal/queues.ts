import type { Queues } from '../../workflows/types.ts';

/** Workflows and what is light on one task queue, stages on the second, networks on the third when they are to have a GPU: a machine serves what it can. */
export const DEFAULT_QUEUES: Queues = { workflow: 'penumbra', cpu: 'penumbra-cpu', gpu: 'penumbra-gpu' };
