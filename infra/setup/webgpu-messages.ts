import { typed } from '../cli/invocation.ts';
import { WEBGPU_KERNELS, WEBGPU_PACKAGE } from './webgpu-library.ts';

/** What the webgpu backend lacks on this machine, each with what to do. */
export const noKernels = (): string => `the npm package ${WEBGPU_KERNELS} is not installed: npm install --ignore-scripts ${WEBGPU_KERNELS}@4.22.0`;
export const noLibrary = (): string => `its library (npm ${WEBGPU_PACKAGE.name} ${WEBGPU_PACKAGE.version}) is not in the cache: run ${typed('setup webgpu')}`;
export const noPlatform = (): string => `its library is pinned for linux and macOS on x64 and arm64, this is ${process.platform} ${process.arch}: use wasm`;
export const noAdapter = (said: string): string =>
  `WebGPU finds no adapter${said === '' ? '' : ` (${said})`}: install the GPU's Vulkan driver and the Vulkan loader (Debian: apt-get install libvulkan1 mesa-vulkan-drivers; vulkaninfo shows what there is), ` +
  'or name a driver with VK_ICD_FILENAMES and the loader\'s folder with LD_LIBRARY_PATH; else use auto, tensorflow, wasm or cpu';
export const notThere = (what: string): string => `the webgpu backend is not there: ${what}`;
