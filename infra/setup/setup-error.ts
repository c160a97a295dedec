export type SetupErrorCode = 'port-taken' | 'fetch-failed' | 'checksum' | 'unpack' | 'platform' | 'start-failed' | 'held' | 'missing' | 'compile';

/** Something the product needs could not be fetched, built or started. Exit code 3. */
export class SetupError extends Error {
  readonly code: SetupErrorCode;
  /** One line for each thing that is missing. */
  readonly details: readonly string[];
  constructor(code: SetupErrorCode, message: string, { details = [], ...options }: ErrorOptions & { readonly details?: readonly string[] } = {}) {
    super(message, options);
    this.name = 'SetupError';
    this.code = code;
    this.details = details;
  }
}
