/** Something the product needs could not be fetched, built or started. Exit code 3. */
export class SetupError extends Error {
  readonly code: 'fetch-failed' | 'checksum' | 'unpack' | 'platform' | 'start-failed' | 'held' | 'missing' | 'compile';
  constructor(code: SetupError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SetupError';
    this.code = code;
  }
}
