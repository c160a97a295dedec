import { createHash } from 'node:crypto';
import type { Store } from '../infra/store/store.ts';
import { StoreError } from '../infra/store/store-error.ts';
import type { ArtifactRef, StageManifest } from './types.ts';

export const MAXIMUM_OBJECT_BYTES = 64 * 1024 * 1024;

export class ArtifactError extends Error {
  readonly code: 'corrupt' | 'too-large';
  constructor(code: 'corrupt' | 'too-large', message: string) {
    super(message);
    this.name = 'ArtifactError';
    this.code = code;
  }
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Stores bytes under the key of their content. What is there already is written once more: bytes that were damaged since are
 * true again, and the object is as young as its latest use, so that `gc` leaves it to whoever is about to commit it.
 */
export async function putArtifact(store: Store, bytes: Uint8Array, rows?: number): Promise<ArtifactRef> {
  if (bytes.byteLength > MAXIMUM_OBJECT_BYTES) {
    throw new ArtifactError('too-large', `an object of ${bytes.byteLength} bytes is over the limit of ${MAXIMUM_OBJECT_BYTES}; write it in parts`);
  }
  const digest = sha256(bytes);
  const key = `objects/${digest.slice(0, 2)}/${digest}`;
  if (await store.putIfAbsent(key, bytes) === 'exists') await store.put(key, bytes);
  return { key, sha256: digest, bytes: bytes.byteLength, ...(rows === undefined ? {} : { rows }) };
}

/** What is wrong with a stored object, in words; null when it holds what the reference names. */
export async function damageOf(store: Store, ref: ArtifactRef): Promise<string | null> {
  try {
    await getArtifact(store, ref);
    return null;
  } catch (error) {
    if (error instanceof ArtifactError || (error instanceof StoreError && error.code === 'missing')) return error.message.replace(/;[^;]*$/, '');
    throw error;
  }
}

/** @throws ArtifactError `corrupt` when the stored bytes are not those the reference names, also when read a second time. */
export async function getArtifact(store: Store, ref: ArtifactRef): Promise<Uint8Array> {
  let digest = '';
  for (let reading = 0; reading < 2; reading++) {
    const bytes = await store.get(ref.key);
    digest = sha256(bytes);
    if (digest === ref.sha256) return bytes;
  }
  throw new ArtifactError('corrupt', `${ref.key} is damaged: its sha256 is ${digest}, expected ${ref.sha256}; run the audit again: what is damaged is computed anew`);
}

/** Numbers with up to 9 significant digits; what is no finite number becomes null. */
export function toJson(value: unknown, indent = 0): string {
  const round = (_key: string, item: unknown): unknown => {
    if (typeof item !== 'number') return item;
    if (!Number.isFinite(item)) return null;
    return Number.isInteger(item) ? item : Number(item.toPrecision(9));
  };
  return JSON.stringify(value, round, indent);
}

export function putJson(store: Store, value: unknown): Promise<ArtifactRef> {
  return putArtifact(store, new TextEncoder().encode(toJson(value)));
}

export async function getJson<T>(store: Store, ref: ArtifactRef): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await getArtifact(store, ref))) as T;
}

export function readManifest(store: Store, ref: ArtifactRef): Promise<StageManifest> {
  return getJson<StageManifest>(store, ref);
}

/** The parts of one named artifact of a stage, in order. @throws Error when the manifest has none of that name. */
export function artifactsOf(manifest: StageManifest, name: string): readonly ArtifactRef[] {
  const refs = Object.hasOwn(manifest.artifacts, name) ? manifest.artifacts[name] : undefined;
  if (refs === undefined) throw new Error(`the ${manifest.stage} stage's manifest has no artifact named ${name}`);
  return refs;
}

/** The only object of a named artifact. */
export function artifactOf(manifest: StageManifest, name: string): ArtifactRef {
  const refs = artifactsOf(manifest, name);
  if (refs.length !== 1) throw new Error(`the ${manifest.stage} stage's artifact ${name} has ${refs.length} parts, not 1`);
  return refs[0]!;
}

/** Rows of all parts together. */
export function rowsOf(refs: readonly ArtifactRef[]): number {
  return refs.reduce((sum, ref) => sum + (ref.rows ?? 0), 0);
}

/** The manifest a stage reads from another that it needs. @throws Error when the input names none. */
export function inputOf(inputs: Partial<Readonly<Record<string, readonly ArtifactRef[]>>>, stage: string): ArtifactRef {
  const ref = inputs[stage]?.[0];
  if (ref === undefined) throw new Error(`this stage needs the manifest of the ${stage} stage`);
  return ref;
}
