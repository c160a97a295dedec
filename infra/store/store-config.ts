export interface DirConfig {
  readonly kind: 'dir';
  readonly path: string;
}

export interface S3Config {
  readonly kind: 's3';
  readonly endpoint: string;
  readonly bucket: string;
  readonly region?: string;
  /** Keys of the store lie below it. */
  readonly prefix?: string;
}

export type StoreConfig = DirConfig | S3Config;
