export type StoreErrorCode = 'missing' | 'invalid-key' | 'unavailable' | 'full' | 'denied' | 'foreign';

/** What a store could not do. `code` says whether a retry can help: only `unavailable` mends itself. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** Every message of the stores, so that they read alike. `where` names the store: a folder, or an endpoint and bucket. */
export const storeErrors = {
  missing: (key: string, where: string, cause?: unknown): StoreError =>
    new StoreError('missing', `there is no object ${key} in ${where}; if it was removed, run the audit again: what is missing is computed anew`, { cause }),
  invalidKey: (key: string, why: string): StoreError =>
    new StoreError('invalid-key', `${JSON.stringify(key.slice(0, 200))} is no key for an object: ${why}; keys are relative, their segments made of A-Z a-z 0-9 . _ - and separated by /`),
  outside: (key: string, where: string): StoreError =>
    new StoreError('invalid-key', `${key} leads out of ${where} through a symbolic link; replace the link by a folder`),
  full: (key: string, where: string, cause: unknown): StoreError =>
    new StoreError('full', `no space left to write ${key} in ${where}; free some, run "penumbra gc", or set store.path to another disk`, { cause }),
  denied: (key: string, where: string, cure: string, cause: unknown): StoreError =>
    new StoreError('denied', `access to ${key} in ${where} was refused; ${cure}`, { cause }),
  foreign: (where: string, found: number | null, known: number): StoreError =>
    new StoreError('foreign', `the store ${where} ${found === null ? 'has a penumbra-store.json that this version cannot read' : `was written by another version of Penumbra (format ${found}, this one writes ${known})`}; use the version that wrote it, or another store: set store.path, or store.prefix on S3`),
  unavailable: (key: string, where: string, detail: string, cause: unknown): StoreError =>
    new StoreError('unavailable', `${where} did not serve ${key}: ${detail}; it is tried again, and if it goes on, check that the store is reachable and set store in the config`, { cause }),
};
