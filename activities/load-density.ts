import type { Store } from '../infra/store/store.ts';
import type { DensitySummary } from '../models/latent/types.ts';
import { artifactOf, artifactsOf, getJson, readManifest, rowsOf } from './artifacts.ts';
import { fillColumns } from './fill-columns.ts';
import type { ArtifactRef } from './types.ts';

export interface Density {
  /** [n] ln q̂(z) of the chosen density, in nats. */
  readonly logDensity: Float64Array;
  /** [n] by the product of histograms, in nats. */
  readonly histogramLogDensity: Float64Array;
  readonly summary: DensitySummary;
  /** Bins per dimension of the histogram density. */
  readonly histogramBins: number;
}

/** The chosen log density alone, with the summary. */
export async function loadLogDensity(store: Store, density: ArtifactRef): Promise<Pick<Density, 'logDensity' | 'summary'>> {
  const manifest = await readManifest(store, density), refs = artifactsOf(manifest, 'density'), logDensity = new Float64Array(rowsOf(refs));
  await fillColumns(store, refs, { log_density: logDensity });
  return { logDensity, summary: await getJson<DensitySummary>(store, artifactOf(manifest, 'summary')) };
}

/** @throws StoreError, or ArtifactError `corrupt` when a stored part is not what its reference names. */
export async function loadDensity(store: Store, density: ArtifactRef): Promise<Density> {
  const manifest = await readManifest(store, density);
  const summary = await getJson<DensitySummary>(store, artifactOf(manifest, 'summary'));
  const refs = artifactsOf(manifest, 'density'), rows = rowsOf(refs);
  const logDensity = new Float64Array(rows), histogramLogDensity = new Float64Array(rows);
  await fillColumns(store, refs, { log_density: logDensity, histogram_log_density: histogramLogDensity });
  return { logDensity, histogramLogDensity, summary, histogramBins: summary.histogramBins };
}
