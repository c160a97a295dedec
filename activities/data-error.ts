/** The data or the configuration cannot be used as it is; repeating the attempt cannot mend it. Exit code 2. */
export class DataError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DataError';
    this.code = code;
  }
}
