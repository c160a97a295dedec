import type { StageName } from '../activities/types.ts';

/** Which stages' results each stage reads, in the order of CONTRACT. */
export const STAGE_NEEDS: Readonly<Record<StageName, readonly StageName[]>> = {
  ingest: [],
  encode: ['ingest'],
  train: ['encode'],
  latents: ['encode', 'train'],
  density: ['ingest', 'encode', 'latents'],
  fairness: ['ingest', 'encode'],
  debias: ['ingest', 'encode', 'latents', 'density', 'outliers', 'fairness'],
  outliers: ['ingest', 'encode', 'latents', 'density'],
  perturb: ['ingest', 'encode', 'train', 'latents', 'fairness'],
  slices: ['ingest', 'fairness', 'outliers'],
  report: ['ingest', 'encode', 'train', 'latents', 'density', 'fairness', 'debias', 'outliers', 'perturb', 'slices'],
};

/** What the tasks of a divided stage read, where the stage reads more: they are computed before the rest is there. */
export const TASK_NEEDS: Partial<Readonly<Record<StageName, readonly StageName[]>>> = { outliers: ['ingest', 'encode'], slices: ['ingest', 'fairness'], debias: ['ingest', 'encode', 'fairness'] };

export const STAGE_ORDER = Object.keys(STAGE_NEEDS) as readonly StageName[];

/**
 * The stages to compute when `only` are asked for: those and all that they need. The report needs nothing it can say "not computed" of:
 * asked for by name beside others it is written from them.
 */
export function stageClosure(only: readonly StageName[] | null): readonly StageName[] {
  if (only === null || (only.length === 1 && only[0] === 'report')) return STAGE_ORDER;
  const wanted = new Set<StageName>();
  const add = (name: StageName): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    if (name !== 'report') STAGE_NEEDS[name].forEach(add);
  };
  only.forEach(add);
  return STAGE_ORDER.filter((name) => wanted.has(name));
}
