import type { Store } from '../infra/store/store.ts';
import type { ReportDocuments } from '../reports/report-input.ts';
import { artifactOf, getJson, readManifest } from './artifacts.ts';
import type { StageInput, StageName } from './types.ts';

/** The summary documents of the stages that ran; null for those that did not. */
export async function loadReportDocuments(store: Store, inputs: StageInput['inputs']): Promise<ReportDocuments> {
  const documents = async <T>(stage: StageName, name = 'summary'): Promise<readonly T[] | null> => {
    const refs = inputs[stage];
    if (refs === undefined || refs.length === 0) return null;
    return Promise.all(refs.map(async (ref) => getJson<T>(store, artifactOf(await readManifest(store, ref), name))));
  };
  const first = async <T>(stage: StageName, name?: string): Promise<T | null> => (await documents<T>(stage, name))?.[0] ?? null;
  return {
    profile: await first('ingest'), encoder: await first('encode'), training: await documents('train'), density: await first('density'),
    fairness: await first('fairness'), debias: await first('debias'), mitigation: await first('debias', 'mitigation'),
    outliers: await first('outliers'), perturbation: await first('perturb'), slices: await first('slices'),
  };
}
