import { tableFromIPC } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import type { OutlierSummary } from '../models/outliers/types.ts';
import { artifactOf, artifactsOf, getArtifact, getJson, readManifest } from './artifacts.ts';
import type { ArtifactRef } from './types.ts';

/** Position i of every array belongs to usable row i. */
export interface Outliers {
  /** [n] higher is stranger. */
  readonly score: Float64Array;
  /** [n] 1 = strangest. */
  readonly rank: Uint32Array;
  /** [n] NaN where there is none. */
  readonly pValue: Float64Array;
  readonly qValue: Float64Array;
  readonly flagged: Uint8Array;
  readonly summary: OutlierSummary;
}

/** @throws StoreError, or ArtifactError `corrupt` when a stored part is not what its reference names. */
export async function loadOutliers(store: Store, outliers: ArtifactRef): Promise<Outliers> {
  const manifest = await readManifest(store, outliers);
  const summary = await getJson<OutlierSummary>(store, artifactOf(manifest, 'summary'));
  const refs = artifactsOf(manifest, 'scores'), rows = refs.reduce((sum, ref) => sum + (ref.rows ?? 0), 0);
  const score = new Float64Array(rows), rank = new Uint32Array(rows), pValue = new Float64Array(rows), qValue = new Float64Array(rows), flagged = new Uint8Array(rows);
  let offset = 0;
  for (const ref of refs) {
    const part = tableFromIPC(await getArtifact(store, ref));
    for (const [name, into] of Object.entries({ score, rank, p_value: pValue, q_value: qValue, flagged })) into.set(part.getChild(name)!.toArray() as Uint8Array, offset);
    offset += part.numRows;
  }
  return { score, rank, pValue, qValue, flagged, summary };
}
