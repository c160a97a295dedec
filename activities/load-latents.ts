import type { Store } from '../infra/store/store.ts';
import { pointsOf, type StoredPoints } from '../models/latent/points.ts';
import { artifactsOf, getArtifact, readManifest, rowsOf } from './artifacts.ts';
import { type LatentsPart, readLatentsPart, readVectorPart } from './latents-part.ts';
import type { ArtifactRef } from './types.ts';

/** The latent space of one seed's model, one entry per usable row in row order. */
export interface Latents {
  readonly rowNumbers: Uint32Array;
  readonly units: number;
  /** [n, units] mean of q(z|x) */
  readonly mu: Float32Array;
  /** [n, units] ln σ² of q(z|x); a constant floor for a plain autoencoder */
  readonly logVar: Float32Array;
  /** [n] negative log-likelihood of x given z = μ, nats */
  readonly reconstruction: Float32Array;
  /** [n, columns] the same by column of the encoder */
  readonly columnCost: Float32Array;
  readonly columns: number;
  /** [n] KL(q(z|x) ‖ N(0, I)), nats */
  readonly kl: Float32Array;
}

function join<Values extends Float32Array | Uint32Array>(parts: readonly Values[], make: (length: number) => Values): Values {
  if (parts.length === 1) return parts[0]!;
  const joined = make(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

const joinFloats = (parts: readonly Float32Array[]): Float32Array => join(parts, (length) => new Float32Array(length));

/** The latent rows without their costs by column, one part in memory at a time. */
export async function* latentParts(store: Store, latents: ArtifactRef): AsyncGenerator<LatentsPart> {
  for (const ref of artifactsOf(await readManifest(store, latents), 'latents')) yield readLatentsPart(await getArtifact(store, ref));
}

/** Latent means on chosen dimensions of all rows, read part by part. @throws RangeError when a value is not finite */
export async function loadPoints(store: Store, latents: ArtifactRef, dimensions: readonly number[]): Promise<StoredPoints> {
  const rows = rowsOf(artifactsOf(await readManifest(store, latents), 'latents')), values = new Float32Array(rows * dimensions.length);
  let start = 0;
  for await (const { mu, units, rowNumbers } of latentParts(store, latents)) {
    values.set(pointsOf(mu, units, dimensions).values, start * dimensions.length);
    start += rowNumbers.length;
  }
  return { values, rows, dimensions: dimensions.length };
}

export interface LatentMeans {
  readonly units: number;
  /** [rows, units] */
  readonly mu: Float32Array;
  /** [rows] */
  readonly reconstruction: Float32Array;
  readonly rowNumbers: Uint32Array;
}

/** Means of some rows, which ascend; of all rows without `positions`. Read part by part. */
export async function loadMeans(store: Store, latents: ArtifactRef, positions: Uint32Array | null = null): Promise<LatentMeans> {
  const rows = positions?.length ?? rowsOf(artifactsOf(await readManifest(store, latents), 'latents')), reconstruction = new Float32Array(rows), rowNumbers = new Uint32Array(rows);
  let mu = new Float32Array(0), units = 0, start = 0, taken = 0;
  for await (const part of latentParts(store, latents)) {
    const end = start + part.rowNumbers.length;
    if (mu.length === 0) {
      ({ units } = part);
      mu = new Float32Array(rows * units);
    }
    for (; taken < rows && (positions?.[taken] ?? taken) < end; taken++) {
      const at = (positions?.[taken] ?? taken) - start;
      mu.set(part.mu.subarray(at * units, (at + 1) * units), taken * units);
      reconstruction[taken] = part.reconstruction[at]!;
      rowNumbers[taken] = part.rowNumbers[at]!;
    }
    start = end;
  }
  return { units, mu, reconstruction, rowNumbers };
}

/** @throws StoreError, or ArtifactError `corrupt`. */
export async function loadLatents(store: Store, latents: ArtifactRef): Promise<Latents> {
  const manifest = await readManifest(store, latents);
  const bytesOf = (name: string): Promise<Uint8Array[]> => Promise.all(artifactsOf(manifest, name).map((ref) => getArtifact(store, ref)));
  const parts = (await bytesOf('latents')).map(readLatentsPart);
  const costs = (await bytesOf('columnCost')).map((bytes) => readVectorPart('column_cost', bytes));
  return {
    rowNumbers: join(parts.map((part) => part.rowNumbers), (length) => new Uint32Array(length)), units: parts[0]!.units,
    mu: joinFloats(parts.map((part) => part.mu)), logVar: joinFloats(parts.map((part) => part.logVar)),
    reconstruction: joinFloats(parts.map((part) => part.reconstruction)), kl: joinFloats(parts.map((part) => part.kl)),
    columnCost: joinFloats(costs.map((part) => part.values)), columns: costs[0]!.width,
  };
}
