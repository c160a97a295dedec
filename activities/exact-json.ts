import type { Store } from '../infra/store/store.ts';
import { getArtifact, putArtifact } from './artifacts.ts';
import type { ArtifactRef } from './types.ts';

/** What JSON has no word for, marked so that it comes back. */
type Marked = { readonly float64: readonly number[] } | { readonly number: string };

function mark(_key: string, value: unknown): unknown {
  if (value instanceof Float64Array) return { float64: [...value] } satisfies Marked;
  return typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } satisfies Marked : value;
}

function unmark(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  const marked = value as Partial<Record<'float64', readonly number[]> & Record<'number', string>>, names = Object.keys(value);
  if (names.length !== 1) return value;
  if (Array.isArray(marked.float64)) return Float64Array.from(marked.float64);
  return typeof marked.number === 'string' ? Number(marked.number) : value;
}

/** Stores what one task hands to others with all digits of its numbers, unlike documents for people, so that whoever reads it goes on with the very same. */
export function putExactJson(store: Store, value: unknown): Promise<ArtifactRef> {
  return putArtifact(store, new TextEncoder().encode(JSON.stringify(value, mark)));
}

export async function getExactJson<Value>(store: Store, ref: ArtifactRef): Promise<Value> {
  return JSON.parse(new TextDecoder().decode(await getArtifact(store, ref)), unmark) as Value;
}
