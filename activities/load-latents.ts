import type { Store } from '../infra/store/store.ts';
import { artifactsOf, getArtifact, readManifest } from './artifacts.ts';
import { readLatentsPart, readVectorPart } from './latents-part.ts';
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
