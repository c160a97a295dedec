import type { Store } from '../infra/store/store.ts';
import { getArtifact, putArtifact } from './artifacts.ts';
import type { ArtifactRef } from './types.ts';

/** Stores a fit with all digits of its numbers, so that whoever reads it goes on with the very same one. */
export function storeMixture(store: Store, fit: object): Promise<ArtifactRef> {
  const text = JSON.stringify(fit, (_, value: unknown) => (value instanceof Float64Array ? { float64: [...value] } : value));
  return putArtifact(store, new TextEncoder().encode(text));
}

export async function readMixture<Fit extends object>(store: Store, ref: ArtifactRef): Promise<Fit> {
  const isNumbers = (value: unknown): value is { readonly float64: readonly number[] } => value !== null && typeof value === 'object' && 'float64' in value;
  return JSON.parse(new TextDecoder().decode(await getArtifact(store, ref)), (_, value: unknown) => (isNumbers(value) ? Float64Array.from(value.float64) : value)) as Fit;
}
