import type { Store } from '../infra/store/store.ts';
import type { OutlierSummary } from '../models/outliers/types.ts';
import { artifactOf, artifactsOf, getJson, readManifest, rowsOf } from './artifacts.ts';
import { fillColumns } from './fill-columns.ts';
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
  const refs = artifactsOf(manifest, 'scores'), rows = rowsOf(refs);
  const score = new Float64Array(rows), rank = new Uint32Array(rows), pValue = new Float64Array(rows), qValue = new Float64Array(rows), flagged = new Uint8Array(rows);
  await fillColumns(store, refs, { score, rank, p_value: pValue, q_value: qValue, flagged });
  return { score, rank, pValue, qValue, flagged, summary };
}

/** [n] 1 = strangest. */
export async function loadRanks(store: Store, outliers: ArtifactRef): Promise<Uint32Array> {
  const refs = artifactsOf(await readManifest(store, outliers), 'scores'), rank = new Uint32Array(rowsOf(refs));
  await fillColumns(store, refs, { rank });
  return rank;
}

/** Ranks and flags alone. */
export async function loadOutlierMarks(store: Store, outliers: ArtifactRef): Promise<Pick<Outliers, 'rank' | 'flagged'>> {
  const refs = artifactsOf(await readManifest(store, outliers), 'scores'), rank = new Uint32Array(rowsOf(refs)), flagged = new Uint8Array(rank.length);
  await fillColumns(store, refs, { rank, flagged });
  return { rank, flagged };
}
