import { DirStore } from './dir-store.ts';
import type { Store } from './store.ts';
import type { StoreConfig } from './store-config.ts';

export type { DirConfig, S3Config, StoreConfig } from './store-config.ts';

/**
 * The store a configuration names. S3 credentials come from the environment alone: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and
 * AWS_SESSION_TOKEN when they are temporary.
 * @throws StoreError `denied` when the credentials are missing, `invalid-key` when the endpoint or prefix cannot be one.
 */
export async function openStore(config: StoreConfig): Promise<Store> {
  if (config.kind === 'dir') return new DirStore(config.path);
  // The S3 client takes 150 ms to load and is rarely needed.
  const { openS3Store } = await import('./s3-store.ts');
  return openS3Store(config);
}
