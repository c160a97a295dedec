export interface ByteRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** When it was written last, in ms since 1970 by the store's own clock. */
  readonly modified: number;
}

export interface LeftoverOptions {
  /** In ms since 1970: what was written later is left, for it may be a write under way. */
  readonly before: number;
  /** Say what there is and remove nothing. */
  readonly dryRun: boolean;
}

/**
 * Where data sets and results live. Keys are relative, `/`-separated, of [A-Za-z0-9._-] segments that are neither `.` nor `..`.
 * Every method throws a StoreError whose `code` says what happened.
 */
export interface Store {
  /**
   * The object, or the part of it that lies in the range (nothing beyond its end), in an ArrayBuffer of its own: typed arrays can be
   * laid over it. @throws StoreError `missing` when there is no such object.
   */
  get(key: string, range?: ByteRange): Promise<Uint8Array>;
  /** Writes whole or not at all; replaces what was there. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** The commit point: of several writers racing on one key exactly one gets `created`. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<'created' | 'exists'>;
  stat(key: string): Promise<StoredObject | null>;
  /** All objects whose key starts with `prefix`, in order of their keys. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Removing what is not there is no error. */
  remove(key: string): Promise<void>;
  /** Removes what writers that died left half-written, and says what it was. */
  removeLeftovers(options: LeftoverOptions): Promise<readonly StoredObject[]>;
}
