import { zstdDecompressSync } from 'node:zlib';
import { CompressionType, compressionRegistry } from 'apache-arrow';
import { lz4Frame } from './lz4.ts';

const MAXIMUM_BUFFER = 1024 * 1024 * 1024;

/** Makes the Arrow library read compressed buffers: pandas and pyarrow write Feather files with LZ4 unless told otherwise. */
export function registerArrowCodecs(): void {
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (bytes) => lz4Frame(bytes, MAXIMUM_BUFFER) });
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => new Uint8Array(zstdDecompressSync(bytes, { maxOutputLength: MAXIMUM_BUFFER })) });
}
