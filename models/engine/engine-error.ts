export type EngineErrorCode = 'backend-unavailable' | 'diverged' | 'not-built' | 'bad-bytes' | 'not-capturable';

/** What the engine cannot do. None of the codes is mended by repeating the attempt with the same input. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
  }
}
