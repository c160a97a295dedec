/** The service does not answer, or not to us. Exit code 3. */
export class ConnectError extends Error {
  readonly code = 'unreachable';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConnectError';
  }
}
