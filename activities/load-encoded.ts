import type { Store } from '../infra/store/store.ts';
import { readMatrixPart } from '../infra/readers/matrix-part.ts';
import type { Encoder } from '../models/encode/types.ts';
import type { Matrix } from '../models/outliers/types.ts';
import { artifactOf, artifactsOf, getArtifact, getJson, readManifest, rowsOf } from './artifacts.ts';
import type { ArtifactRef } from './types.ts';

/** The usable rows as features, in the order of the file: row i is `x.values.subarray(i * x.columns, (i + 1) * x.columns)`. */
export interface Encoded {
  readonly encoder: Encoder;
  readonly x: Matrix;
  /** [n] TRAIN, VALIDATION or TEST. */
  readonly split: Uint8Array;
  /** [n] 0-based data row in the file. */
  readonly rowNumbers: Uint32Array;
}

/** @throws StoreError, or ArtifactError `corrupt`, or Error when a part was made by another encoder. */
export async function loadEncoded(store: Store, encode: ArtifactRef): Promise<Encoded> {
  const manifest = await readManifest(store, encode);
  const encoderRef = artifactOf(manifest, 'summary');
  const encoder = await getJson<Encoder>(store, encoderRef);
  const refs = artifactsOf(manifest, 'x');
  const rows = rowsOf(refs);
  const only = refs.length === 1;
  let values = new Float32Array(only ? 0 : rows * encoder.width);
  let split = new Uint8Array(only ? 0 : rows), rowNumbers = new Uint32Array(only ? 0 : rows), offset = 0;
  for (const ref of refs) {
    const part = readMatrixPart(await getArtifact(store, ref));
    if (part.encoder !== encoderRef.sha256) throw new Error(`${ref.key} was made by encoder ${part.encoder}, not by ${encoderRef.sha256}`);
    if (only) {
      values = part.x as typeof values;
      split = part.split as typeof split;
      rowNumbers = part.rowNumbers as typeof rowNumbers;
      break;
    }
    values.set(part.x, offset * encoder.width);
    split.set(part.split, offset);
    rowNumbers.set(part.rowNumbers, offset);
    offset += part.rowNumbers.length;
  }
  return { encoder, x: { values, rows, columns: encoder.width }, split, rowNumbers };
}
