import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Compressors } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { lz4Block } from './lz4.ts';

/**
 * Node's own decompressors where it has them, which are faster and stop at the size that a page says. hyparquet-compressors 1.1.2 refuses
 * an LZ4 block that holds nothing, which pyarrow writes for the dictionary of a column without values.
 */
export const parquetCompressors: Compressors = {
  ...compressors,
  GZIP: (bytes, length) => plain(gunzipSync(bytes, { maxOutputLength: Math.max(1, length) })),
  BROTLI: (bytes, length) => plain(brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) })),
  ZSTD: (bytes, length) => plain(zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, length) })),
  LZ4_RAW: lz4Block,
};

/** Small buffers lie in a pool at odd places, where typed arrays cannot be laid over them. */
function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes);
}
