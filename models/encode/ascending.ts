/** Numbers in ascending order, NaN left out, that need not all be in memory. */
export interface Ascending {
  readonly length: number;
  /** All of them, a piece at a time; a piece is valid until the next one is asked for. May be gone through again. */
  chunks(): Iterable<Float64Array>;
}

/** An ascending array as it is. */
export function ascending(sorted: Float64Array): Ascending {
  return { length: sorted.length, chunks: () => [sorted] };
}
