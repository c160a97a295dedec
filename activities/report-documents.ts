import type { Store } from '../infra/store/store.ts';
import { betaNetworks } from '../models/networks/rate-distortion.ts';
import type { TrainingSummary } from '../models/networks/types.ts';
import type { ReportDocuments } from '../reports/report-input.ts';
import { artifactOf, getJson, readManifest } from './artifacts.ts';
import type { StageInput, StageName } from './types.ts';

/**
 * The summary documents of the stages that ran; null for those that did not.
 * betas: where networks of several were trained, as many of each: the audit's own first, which alone are its training.
 */
export async function loadReportDocuments(store: Store, inputs: StageInput['inputs'], betas: readonly number[] | null = null): Promise<ReportDocuments> {
  const documents = async <T>(stage: StageName, name = 'summary'): Promise<readonly T[] | null> => {
    const refs = inputs[stage];
    if (refs === undefined || refs.length === 0) return null;
    return Promise.all(refs.map(async (ref) => getJson<T>(store, artifactOf(await readManifest(store, ref), name))));
  };
  const first = async <T>(stage: StageName, name?: string): Promise<T | null> => (await documents<T>(stage, name))?.[0] ?? null;
  const networks = await documents<TrainingSummary>('train'), seeds = (networks?.length ?? 0) / (betas?.length ?? 1);
  const ofBeta = (k: number): readonly TrainingSummary[] => networks!.slice(k * seeds, (k + 1) * seeds);
  return {
    profile: await first('ingest'), encoder: await first('encode'), training: networks && ofBeta(0), density: await first('density'),
    betas: networks === null || betas === null ? null : betas.map((beta, k) => betaNetworks(beta, ofBeta(k))),
    fairness: await first('fairness'), debias: await first('debias'), mitigation: await first('debias', 'mitigation'),
    outliers: await first('outliers'), perturbation: await first('perturb'), slices: await first('slices'),
  };
}
