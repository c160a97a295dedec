import { StoreError, storeErrors } from './store-error.ts';
import type { Store } from './store.ts';

/** Raised when an older Penumbra would misread what this one writes. */
export const STORE_FORMAT = 1;
const KEY = 'penumbra-store.json';

/** Notes in a store by which rules it is written; the first to write there says so. */
export async function markStore(store: Store): Promise<void> {
  await store.putIfAbsent(KEY, new TextEncoder().encode(`${JSON.stringify({ format: STORE_FORMAT })}\n`));
}

async function noted(store: Store): Promise<string | null> {
  try {
    return new TextDecoder().decode(await store.get(KEY));
  } catch (error) {
    if (error instanceof StoreError && error.code === 'missing') return null;
    throw error;
  }
}

/** @throws StoreError `foreign` for a store that another version wrote by other rules. An unmarked one is new, or older than the mark. */
export async function checkStore(store: Store, where: string): Promise<void> {
  const text = await noted(store), format = text === null ? STORE_FORMAT : Number(/^\s*\{\s*"format":\s*(\d+)\s*[,}]/.exec(text)?.[1] ?? Number.NaN);
  if (format !== STORE_FORMAT) throw storeErrors.foreign(where, Number.isNaN(format) ? null : format, STORE_FORMAT);
}
