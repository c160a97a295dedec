import { artifactsOf, getArtifact, getJson, putArtifact, putJson, readManifest } from '../../activities/artifacts.ts';
import type { DataConfig, FairnessConfig } from '../../activities/audit-config.ts';
import { storeDecisions } from '../../activities/load-decisions.ts';
import type { StageInput } from '../../activities/types.ts';
import { readTablePart, writeTablePart } from '../../infra/readers/table-part.ts';
import type { Store } from '../../infra/store/store.ts';
import type { Profile } from '../../models/encode/profile-types.ts';
import type { Encoder } from '../../models/encode/types.ts';
import { randomStream } from '../../models/engine/random.ts';
import { storeEncoded } from './encoded-fixture.ts';
import { storeStage, type LatentRows } from './latent-fixture.ts';

export const FAIRNESS: FairnessConfig = { level: 0.95, tolerance: { default: 0.05 }, ratio: 0.8, headline: 'auto', reference: {}, intersections: 2, minimum: 30, strata: [] };
export const DATA = { weight: null, cluster: null, sequence: null } as unknown as DataConfig;

const ENCODER: Encoder = { width: 3, omitted: [], columns: [
  { kind: 'category', name: 'sex', offset: 0, width: 2, levels: ['Female', 'Male'] },
  { kind: 'number', name: 'age', offset: 2, width: 1, missingIndicator: false, transform: { kind: 'standard', mean: 0, std: 1 }, fill: 0 },
] };

/** A fairness stage that had nothing to decide on. */
export async function noDecisions(store: Store): Promise<StageInput['inputs']> {
  return { fairness: [await storeStage(store, 'fairness', { artifacts: { summary: [], ...await storeDecisions(store, null) }, summary: {} })] };
}

/** The same rows with a label that depends on sex and one number, their features, and reference decisions. */
export async function withLabels(store: Store, rows: LatentRows, { ingest }: StageInput['inputs']): Promise<StageInput['inputs']> {
  const n = rows.split.length, random = randomStream(4, 'labels'), x = new Float32Array(n * 3);
  const codes = Int32Array.from({ length: n }, (_, row) => {
    const value = random.normal();
    x[3 * row + rows.sex[row]!] = 1;
    x[3 * row + 2] = value;
    return Number(random.uniform() < 1 / (1 + Math.exp(-(value + 3 * rows.sex[row]! - 1.5))));
  });
  const manifest = await readManifest(store, ingest![0]!), part = readTablePart(await getArtifact(store, artifactsOf(manifest, 'table')[0]!));
  const table = { rows: n, columns: [...part.table.columns, { kind: 'category' as const, name: 'hired', codes, levels: ['no', 'yes'] }] };
  const profile = { ...await getJson<Profile>(store, artifactsOf(manifest, 'summary')[0]!), label: { column: 'hired', positive: 'yes', how: 'set', missing: 0 } };
  const stored = await putArtifact(store, writeTablePart({ ...part, table }, new Map(), 0, n), n);
  const decided = await storeDecisions(store, { source: 'reference', description: 'reference', threshold: 0.5, score: null, decision: new Uint8Array(n), surrogate: null });
  return {
    ingest: [await storeStage(store, 'ingest', { artifacts: { summary: [await putJson(store, profile)], table: [stored] }, summary: {} })],
    encode: [await storeEncoded(store, { x, split: rows.split, rowNumbers: rows.rowNumbers }, Number.POSITIVE_INFINITY, ENCODER)],
    fairness: [await storeStage(store, 'fairness', { artifacts: { summary: [], ...decided }, summary: {} })],
  };
}
