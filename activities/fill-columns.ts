import { tableFromIPC } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import { getArtifact } from './artifacts.ts';
import type { ArtifactRef } from './types.ts';

/**
 * Reads named number columns of Arrow parts, one after the other, into arrays of all rows.
 * @throws StoreError, or ArtifactError `corrupt` when a stored part is not what its reference names.
 */
export async function fillColumns(store: Store, refs: readonly ArtifactRef[], columns: Readonly<Record<string, Float64Array | Uint32Array | Uint8Array>>): Promise<void> {
  let offset = 0;
  for (const ref of refs) {
    const part = tableFromIPC(await getArtifact(store, ref));
    for (const [name, into] of Object.entries(columns)) into.set(part.getChild(name)!.toArray() as Float64Array, offset);
    offset += part.numRows;
  }
}
