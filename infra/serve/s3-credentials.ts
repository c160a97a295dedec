import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Keys of this folder's own S3 server, made up once and kept where only this user reads them. */
export function s3Credentials(folder: string): S3Keys {
  const path = join(folder, 'credentials.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as S3Keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const keys: S3Keys = { accessKey: `penumbra-${randomBytes(6).toString('hex')}`, secretKey: randomBytes(30).toString('base64url') };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, JSON.stringify(keys), { mode: 0o600, flag: 'wx' });
  return keys;
}
