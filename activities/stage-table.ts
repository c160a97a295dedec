import type { Stage } from './stage.ts';
import type { StageName } from './types.ts';

/** Every stage of an audit, loaded when it is needed: the tensor library alone costs half a second. */
export const STAGE_TABLE: Readonly<Record<StageName, () => Promise<Stage<never>>>> = {
  ingest: async () => (await import('./ingest.ts')).ingest,
  encode: async () => (await import('./encode.ts')).encode,
  train: async () => (await import('./train.ts')).train,
  latents: async () => (await import('./latents.ts')).latents,
  density: async () => (await import('./density.ts')).density,
  fairness: async () => (await import('./fairness.ts')).fairness,
  debias: async () => (await import('./debias.ts')).debias,
  outliers: async () => (await import('./outliers.ts')).outliers,
  perturb: async () => (await import('./perturb.ts')).perturb,
  slices: async () => (await import('./slices.ts')).slices,
  report: async () => (await import('./report.ts')).report,
};

export function loadStage(name: StageName): Promise<Stage> {
  return STAGE_TABLE[name]() as Promise<Stage>;
}
