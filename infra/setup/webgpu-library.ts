import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';

/** Dawn for Node (npm `webgpu`): WebGPU over Vulkan or Metal. The package holds the libraries of all platforms; one of them is kept. */
export const WEBGPU_PACKAGE = {
  name: 'webgpu', version: '0.6.2', bytes: 51e6, unpackedBytes: 22e6,
  integrity: 'sha512-3L4GfmqJLvYUIEWJngEQY+2HQiUlAFkg8+P8NDDj3Xx5hHHIFO/r8JW+ynfqBj7kHN4mbnwO74uB+lrRtLhp4Q==',
} as const;

/** npm package with tfjs' kernels for WebGPU. */
export const WEBGPU_KERNELS = '@tensorflow/tfjs-backend-webgpu';

const PATHS: Readonly<Record<string, string>> = {
  'linux-x64': 'dist/linux-x64/dawn.node', 'linux-arm64': 'dist/linux-arm64/dawn.node',
  'darwin-x64': 'dist/darwin-universal/dawn.node', 'darwin-arm64': 'dist/darwin-universal/dawn.node',
};

/** Where the library lies inside the package; null where it has none for this platform. */
export function pathInPackage(platform = process.platform, arch: string = process.arch): string | null {
  return PATHS[`${platform}-${arch}`] ?? null;
}

/** Where this platform's library lies, or will lie, in the cache: keyed by the package's checksum. */
export function webgpuLibrary(cache: string = cacheFolder()): string {
  const digest = Buffer.from(WEBGPU_PACKAGE.integrity.slice('sha512-'.length), 'base64').toString('hex').slice(0, 12);
  return join(cache, 'webgpu', `${WEBGPU_PACKAGE.version}-${digest}`, `${process.platform}-${process.arch}`, 'dawn.node');
}

/** The library of `penumbra setup webgpu`; null when it is not there. */
export function findWebgpu(cache: string = cacheFolder()): string | null {
  const library = webgpuLibrary(cache);
  return existsSync(library) ? library : null;
}

/** Whether the npm package with the kernels is installed (it is optional). */
export function hasWebgpuKernels(): boolean {
  try {
    return createRequire(import.meta.url).resolve(WEBGPU_KERNELS) !== '';
  } catch {
    return false;
  }
}
