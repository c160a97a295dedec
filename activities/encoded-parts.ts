import type { Store } from '../infra/store/store.ts';
import { readMatrixPart, type MatrixPart } from '../infra/readers/matrix-part.ts';
import type { Encoder } from '../models/encode/types.ts';
import { artifactOf, artifactsOf, getArtifact, getJson, readManifest } from './artifacts.ts';
import type { ArtifactRef } from './types.ts';

/** Encoded rows, of all parts or of parts [first, last), one in memory at a time. @throws StoreError, ArtifactError `corrupt`, or Error when a part was made by another encoder. */
export async function* encodedParts(store: Store, encode: ArtifactRef, first = 0, last = Infinity): AsyncGenerator<MatrixPart> {
  const manifest = await readManifest(store, encode), { sha256 } = artifactOf(manifest, 'summary');
  for (const ref of artifactsOf(manifest, 'x').slice(first, last)) {
    const part = readMatrixPart(await getArtifact(store, ref));
    if (part.encoder !== sha256) throw new Error(`${ref.key} was made by encoder ${part.encoder}, not by ${sha256}`);
    yield part;
  }
}

export async function loadEncoder(store: Store, encode: ArtifactRef): Promise<Encoder> {
  return getJson<Encoder>(store, artifactOf(await readManifest(store, encode), 'summary'));
}
