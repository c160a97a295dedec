import type { Store } from '../infra/store/store.ts';
import { StoreError } from '../infra/store/store-error.ts';
import { damageOf, sha256, toJson } from './artifacts.ts';
import type { ArtifactRef, StageOutput } from './types.ts';

/** The last field of a manifest: the hash of its text without that field. A manifest's key names what it was made from, not what it holds. */
const SEAL = /,"seal":"([0-9a-f]{64})"\}$/;

/** The text of a manifest with its seal. */
export function seal(manifest: StageOutput): string {
  const text = toJson(manifest);
  return `${text.slice(0, -1)},"seal":"${sha256(text)}"}`;
}

/** A manifest whose seal is whole; null for any other text. */
export function unseal<T extends StageOutput>(text: string): T | null {
  const [field, hash] = SEAL.exec(text) ?? [];
  if (field === undefined || sha256(`${text.slice(0, -field.length)}}`) !== hash) return null;
  return JSON.parse(text) as T;
}

async function present(store: Store, key: string): Promise<Uint8Array | null> {
  try {
    return await store.get(key);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'missing') return null;
    throw error;
  }
}

const refTo = (key: string, bytes: Uint8Array): ArtifactRef => ({ key, sha256: sha256(bytes), bytes: bytes.byteLength });

/**
 * What was committed under a key, if it can be trusted: its seal is whole, and so is every object it names. Otherwise it is set aside,
 * so that whoever asked computes it again, and `onDamage` is told what was found where.
 */
export async function findSealed(store: Store, key: string, onDamage: (line: string) => void): Promise<ArtifactRef | null> {
  const bytes = await present(store, key);
  if (bytes === null) return null;
  const manifest = unseal(new TextDecoder().decode(bytes));
  let damage = manifest === null ? `${key} is not as it was written (its seal does not fit)` : null;
  for (const ref of Object.values(manifest?.artifacts ?? {}).flat()) damage ??= await damageOf(store, ref);
  if (damage === null) return refTo(key, bytes);
  await store.remove(key);
  onDamage(`${damage}: set aside, and computed again`);
  return null;
}

/**
 * Commits a manifest. Of several writers the first wins; as results are functions of their inputs, the others find the same bytes.
 * @throws StoreError `missing` when an object that it names went away meanwhile: nothing is committed then.
 */
export async function commitSealed(store: Store, key: string, manifest: StageOutput): Promise<ArtifactRef> {
  await store.putIfAbsent(key, new TextEncoder().encode(seal(manifest)));
  const missing: string[] = [];
  for (const ref of Object.values(manifest.artifacts).flat()) if ((await store.stat(ref.key))?.bytes !== ref.bytes) missing.push(ref.key);
  if (missing.length > 0) {
    await store.remove(key);
    throw new StoreError('missing', `${missing[0]} was removed before ${key} was committed; it is computed again`);
  }
  return refTo(key, await store.get(key));
}
