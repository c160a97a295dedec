import { createHash } from 'node:crypto';
import type { Store } from '../infra/store/store.ts';
import { sha256 } from './artifacts.ts';
import type { Checkpoints } from './stage.ts';

const HASH_BYTES = 32;
const folderOf = (identity: string): string => `checkpoints/${identity}/`;
const hashOf = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The bytes behind their own hash; null when they are not those that were saved. */
function unwrap(stored: Uint8Array): Uint8Array | null {
  const bytes = stored.slice(HASH_BYTES);
  return Buffer.compare(hashOf(bytes), stored.subarray(0, HASH_BYTES)) === 0 ? bytes : null;
}

/** Checkpoints of one stage's identity, kept in the store so that any worker can go on from them; a damaged one is passed over for the one before. */
export function stageCheckpoints(store: Store, identity: string): Checkpoints {
  const folder = folderOf(identity);
  const steps = async (): Promise<number[]> => {
    const found: number[] = [];
    for await (const object of store.list(folder)) found.push(Number(object.key.slice(folder.length)));
    return found.filter(Number.isSafeInteger).sort((a, b) => b - a);
  };
  return {
    async latest() {
      for (const step of await steps()) {
        const bytes = unwrap(await store.get(`${folder}${step}`));
        if (bytes !== null) return { step, bytes };
      }
      return null;
    },
    async save(step, bytes) {
      const key = `${folder}${step}`, stored = new Uint8Array(HASH_BYTES + bytes.byteLength);
      stored.set(hashOf(bytes));
      stored.set(bytes, HASH_BYTES);
      await store.put(key, stored);
      for (const old of (await steps()).filter((item) => item < step)) await store.remove(`${folder}${old}`);
      return { key, sha256: sha256(stored), bytes: stored.byteLength };
    },
  };
}

/** A committed stage needs its checkpoints no more. */
export async function clearCheckpoints(store: Store, identity: string): Promise<void> {
  for await (const object of store.list(folderOf(identity))) await store.remove(object.key);
}
