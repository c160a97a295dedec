import { DirStore } from './dir-store.ts';
import type { Store } from './store.ts';
import type { StoreConfig } from './store-config.ts';
import { checkStore } from './store-format.ts';

export type { DirConfig, S3Config, StoreConfig } from './store-config.ts';

/** A store's place in words: a folder, or endpoint, bucket and prefix. */
export function placeOfStore(config: StoreConfig): string {
  return config.kind === 'dir' ? config.path : [config.endpoint, config.bucket, ...(config.prefix === undefined ? [] : [config.prefix])].join('/');
}

/**
 * The store a configuration names. S3 credentials come from the environment alone: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and
 * AWS_SESSION_TOKEN when they are temporary.
 * @throws StoreError `denied` when the credentials are missing, `invalid-key` when the endpoint or prefix cannot be one,
 * `foreign` when another version wrote it by other rules.
 */
export async function openStore(config: StoreConfig): Promise<Store> {
  const store = await adapterOf(config);
  await checkStore(store, placeOfStore(config));
  return store;
}

async function adapterOf(config: StoreConfig): Promise<Store> {
  if (config.kind === 'dir') return new DirStore(config.path);
  // The S3 client takes 150 ms to load and is rarely needed.
  const { openS3Store } = await import('./s3-store.ts');
  return openS3Store(config);
}
