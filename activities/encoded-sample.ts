import type { Store } from '../infra/store/store.ts';
import { readMatrixPart } from '../infra/readers/matrix-part.ts';
import type { Encoder } from '../models/encode/types.ts';
import { randomStream } from '../models/engine/random.ts';
import { artifactOf, artifactsOf, getArtifact, getJson, readManifest, rowsOf } from './artifacts.ts';
import { loadEncoded, type Encoded } from './load-encoded.ts';
import type { ArtifactRef } from './types.ts';

export interface EncodedSample {
  readonly encoded: Encoded;
  /** Position of each sampled row among all rows, ascending; null: all rows. */
  readonly rows: Uint32Array | null;
}

/** Sampled rows of an array over all rows. */
export function at(values: Uint8Array, rows: Uint32Array | null): Uint8Array {
  return rows === null ? values : Uint8Array.from(rows, (row) => values[row]!);
}

/** `count` of n positions, ascending, each set of them equally likely (Knuth's selection sampling). */
export function choosePositions(n: number, count: number, seed: number, purpose = 'fairness/encoded sample'): Uint32Array {
  const random = randomStream(seed, purpose), chosen = new Uint32Array(count);
  for (let row = 0, taken = 0; taken < count; row++) if ((n - row) * random.uniform() < count - taken) chosen[taken++] = row;
  return chosen;
}

/**
 * Encoded rows, at most `most` of them drawn at random, read part by part.
 * @param sharedBytes more than this lies in memory that threads share.
 */
export async function sampleEncoded(store: Store, encode: ArtifactRef, limit: number, seed: number, sharedBytes = Number.POSITIVE_INFINITY): Promise<EncodedSample> {
  const manifest = await readManifest(store, encode), refs = artifactsOf(manifest, 'x');
  const all = rowsOf(refs), most = Math.min(all, limit), encoder = await getJson<Encoder>(store, artifactOf(manifest, 'summary')), { width } = encoder;
  const shared = 4 * most * width > sharedBytes;
  if (all <= limit && !shared) return { encoded: await loadEncoded(store, encode), rows: null };
  const rows = all <= limit ? Uint32Array.from({ length: all }, (_, row) => row) : choosePositions(all, most, seed);
  const values = shared ? new Float32Array(new SharedArrayBuffer(4 * most * width)) : new Float32Array(most * width), split = new Uint8Array(most), rowNumbers = new Uint32Array(most);
  let taken = 0, offset = 0;
  for (const ref of refs) {
    const part = readMatrixPart(await getArtifact(store, ref)), end = offset + part.rowNumbers.length;
    for (; taken < most && rows[taken]! < end; taken++) {
      const at = rows[taken]! - offset;
      values.set(part.x.subarray(at * width, (at + 1) * width), taken * width);
      split[taken] = part.split[at]!;
      rowNumbers[taken] = part.rowNumbers[at]!;
    }
    offset = end;
  }
  return { encoded: { encoder, x: { values, rows: most, columns: width }, split, rowNumbers }, rows: all <= limit ? null : rows };
}
