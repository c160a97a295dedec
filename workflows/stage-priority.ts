import type { StageName } from '../activities/types.ts';

/**
 * Which of several waiting tasks a worker takes first, 1 before 5: what stands between the audit and its end, before what only has to be
 * there some time. Density waits for one seed alone and half of the stages wait for it, so that the first seed comes before the others;
 * nobody but the report waits for perturb. Temporal keeps to it within a partition of a task queue.
 */
export const STAGE_PRIORITY: Readonly<Record<Exclude<StageName, 'train' | 'latents'>, number>> = {
  ingest: 1, encode: 1, density: 1, fairness: 3, outliers: 1, debias: 2, slices: 2, perturb: 5, report: 1,
};

/** Of tasks whose stage has other inputs to wait for: least of all is to be done early where a machine has nothing else to do at the end. */
export const EARLY_PRIORITY: Partial<Readonly<Record<StageName, number>>> = { outliers: 3, slices: 5, debias: 5 };
/** Of what is computed once more because it was found damaged. */
export const MENDING_PRIORITY = 1;

/** Networks of a further β are read by the report alone, and each is long: after what others wait for, before what fills the gaps at the end. */
export const networkPriority = ({ first, beta }: { readonly first: boolean; readonly beta: number | null }): number => (beta !== null ? 4 : first ? 1 : 2);
