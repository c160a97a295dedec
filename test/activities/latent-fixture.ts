import { makeVector, Table, tableToIPC } from 'apache-arrow';
import { putArtifact, putJson } from '../../activities/artifacts.ts';
import { writeLatentsPart, writeVectorPart } from '../../activities/latents-part.ts';
import type { ArtifactRef, StageInput, StageName, StageOutput } from '../../activities/types.ts';
import { writeTablePart } from '../../infra/readers/table-part.ts';
import type { Store } from '../../infra/store/store.ts';
import type { ColumnRole, Profile } from '../../models/encode/profile-types.ts';
import { randomStream } from '../../models/engine/random.ts';
import { plantedIntersection } from '../models/latent/planted-clusters.ts';
import { storeManifest } from './encoded-fixture.ts';

export const UNITS = 3;
const SEX = ['Female', 'Male'], RACE = ['A', 'B'];

/** A data set whose latent space is known: sex and race on the first two units, one of their combinations rare; the third unit sleeps. */
export interface LatentRows {
  readonly mu: Float32Array;
  /** UNITS by default. */
  readonly units?: number;
  readonly sex: Int32Array;
  readonly race: Int32Array;
  readonly age: Float64Array;
  readonly split: Uint8Array;
  readonly rowNumbers: Uint32Array;
  readonly reconstruction: Float32Array;
}

export function latentRows(rows: number, seed = 1): LatentRows {
  const { z, cluster } = plantedIntersection(rows, 2, seed), random = randomStream(seed, 'latent rows'), mu = new Float32Array(rows * UNITS);
  for (let row = 0; row < rows; row++) mu.set([z.values[2 * row]!, z.values[2 * row + 1]!, 0.01 * random.normal()], row * UNITS);
  return {
    mu, sex: cluster.map((k) => Number(k >= 2)), race: cluster.map((k) => k % 2), age: Float64Array.from({ length: rows }, (_, row) => (row % 11 === 0 ? Number.NaN : 18 + (row % 60))),
    split: Uint8Array.from({ length: rows }, (_, row) => (row % 5 < 3 ? 0 : row % 5 - 2)),
    rowNumbers: Uint32Array.from({ length: rows }, (_, row) => 2 * row), reconstruction: Float32Array.from({ length: rows }, () => 3 + random.uniform()),
  };
}

const roles = (name: string): readonly ColumnRole[] => (name === 'age' ? ['feature'] : ['feature', 'protected']);

export async function storeStage(store: Store, stage: StageName, output: StageOutput): Promise<ArtifactRef> {
  return storeManifest(store, { stage, version: 1, identity: 'fixture', ...output });
}

async function storeIngest(store: Store, { sex, race, age, split, rowNumbers }: LatentRows): Promise<ArtifactRef> {
  const table = { rows: split.length, columns: [
    { kind: 'category' as const, name: 'sex', codes: sex, levels: SEX }, { kind: 'number' as const, name: 'age', values: age },
    { kind: 'category' as const, name: 'race', codes: race, levels: RACE },
  ] };
  const profile = { columns: table.columns.map(({ name }) => ({ name, roles: roles(name) })), label: null } as unknown as Profile;
  const part = writeTablePart({ table, rowNumbers, split }, new Map(table.columns.map(({ name }) => [name, roles(name)])), 0, split.length);
  return storeStage(store, 'ingest', { artifacts: { summary: [await putJson(store, profile)], table: [await putArtifact(store, part, split.length)] }, summary: {} });
}

async function storeLatents(store: Store, { mu, units = UNITS, reconstruction, rowNumbers }: LatentRows): Promise<ArtifactRef> {
  const zeros = new Float32Array(rowNumbers.length);
  const latents = writeLatentsPart({ rowNumbers, units, mu, logVar: new Float32Array(mu.length), reconstruction, kl: zeros });
  const costs = writeVectorPart('column_cost', { rowNumbers, width: 1, values: zeros });
  return storeStage(store, 'latents', { artifacts: { latents: [await putArtifact(store, latents, rowNumbers.length)], columnCost: [await putArtifact(store, costs, rowNumbers.length)] }, summary: {} });
}

/** Manifests of the ingest and latents stages that would have made these rows. */
export async function storeLatentRows(store: Store, rows: LatentRows): Promise<StageInput['inputs']> {
  return { ingest: [await storeIngest(store, rows)], latents: [await storeLatents(store, rows)] };
}

/** An outliers stage that ranks rows in order and flagged those named. */
export async function storeOutliers(store: Store, rows: number, flagged: readonly number[]): Promise<ArtifactRef> {
  const marks = new Uint8Array(rows);
  // Each column needs a buffer of its own: arrow's writer loses one of two that share it.
  const empty = () => makeVector(new Float64Array(rows).fill(Number.NaN));
  for (const row of flagged) marks[row] = 1;
  const part = new Table({ score: empty(), rank: makeVector(Uint32Array.from({ length: rows }, (_, row) => row + 1)),
    p_value: empty(), q_value: empty(), flagged: makeVector(marks) });
  return storeStage(store, 'outliers', { artifacts: { summary: [await putJson(store, {})], scores: [await putArtifact(store, tableToIPC(part, 'file'), rows)] }, summary: {} });
}
