import type { StoreConfig } from './open-store.ts';
import { storeErrors } from './store-error.ts';
import type { Store } from './store.ts';

type S3Config = Extract<StoreConfig, { kind: 's3' }>;

/** A store in an S3 bucket. @throws StoreError */
export function openS3Store(config: S3Config): Promise<Store> {
  return Promise.reject(storeErrors.denied('/', `${config.endpoint}/${config.bucket}`, 'set store.kind to dir', null));
}
