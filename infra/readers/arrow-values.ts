import type { Data } from 'apache-arrow';

/** A column's values as a view, without the padding to eight bytes that a file has behind them. */
export function arrowValues<T extends Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array>(data: Data): T {
  return (data.values as T).subarray(0, data.length) as T;
}
