import type { StageName } from '../activities/types.ts';

/**
 * Which of several waiting tasks a worker takes first, 1 before 5: what stands between the audit and its end, before what only has to be
 * there some time. Density waits for one seed alone and half of the stages wait for it, so that the first seed comes before the others;
 * nobody but the report waits for perturb. Temporal keeps to it within a partition of a task queue.
 */
export const STAGE_PRIORITY: Readonly<Record<Exclude<StageName, 'train' | 'latents'>, number>> = {
  ingest: 1, encode: 1, density: 1, fairness: 3, outliers: 1, debias: 2, slices: 4, perturb: 5, report: 1,
};

/** Of tasks whose stage has other inputs to wait for. */
export const EARLY_PRIORITY = 3;

export const seedPriority = (first: boolean): number => (first ? 1 : 2);
