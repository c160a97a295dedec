import { createHash } from 'node:crypto';
import type { Store } from '../infra/store/store.ts';
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

/** Stores bytes under the key of their content. Writing the same content twice is harmless. */
export async function putArtifact(store: Store, bytes: Uint8Array, rows?: number): Promise<ArtifactRef> {
  if (bytes.byteLength > MAXIMUM_OBJECT_BYTES) {
    throw new ArtifactError('too-large', `an object of ${bytes.byteLength} bytes is over the limit of ${MAXIMUM_OBJECT_BYTES}; write it in parts`);
  }
  const digest = sha256(bytes);
  const key = `objects/${digest.slice(0, 2)}/${digest}`;
  await store.putIfAbsent(key, bytes);
  return { key, sha256: digest, bytes: bytes.byteLength, ...(rows === undefined ? {} : { rows }) };
}

/** @throws ArtifactError `corrupt` when the stored bytes are not those the reference names. */
export async function getArtifact(store: Store, ref: ArtifactRef): Promise<Uint8Array> {
  const bytes = await store.get(ref.key);
  const digest = sha256(bytes);
  if (digest !== ref.sha256) {
    throw new ArtifactError('corrupt', `${ref.key} holds ${digest}, not ${ref.sha256}; remove it and run again: it will be computed anew`);
  }
  return bytes;
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
