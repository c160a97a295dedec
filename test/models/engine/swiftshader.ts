import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { findWebgpu, hasWebgpuKernels } from '../../../infra/setup/webgpu-library.ts';

const DRIVER = 'vk_swiftshader_icd.json';

/** The archive with Vulkan on the processor that comes with the browser of the page tests; null where that is not installed. */
function archive(): string | null {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin', 'swiftshader.tar.br');
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/** Why nothing can be computed with WebGPU on SwiftShader here; null where it can. */
export const NO_SWIFTSHADER = !hasWebgpuKernels() ? 'needs the optional packages of npm ci' : findWebgpu() === null ? 'needs penumbra setup webgpu' :
  archive() === null ? 'needs the Chromium of the page tests' : null;

/** Folder with SwiftShader and a Vulkan loader, unpacked once a machine. */
function driverFolder(): string {
  const folder = join(tmpdir(), 'penumbra-swiftshader');
  if (existsSync(join(folder, DRIVER))) return folder;
  const staging = mkdtempSync(join(tmpdir(), 'penumbra-swiftshader-'));
  mkdirSync(staging, { recursive: true });
  const { status, stderr } = spawnSync('tar', ['-x', '-C', staging], { input: brotliDecompressSync(readFileSync(archive()!)), encoding: 'utf8' });
  if (status !== 0) throw new Error(`tar cannot unpack SwiftShader: ${stderr}`);
  try {
    renameSync(staging, folder);
  } catch (error) {
    rmSync(staging, { recursive: true });
    if (!existsSync(join(folder, DRIVER))) throw error;
  }
  return folder;
}

/** The environment in which a process finds SwiftShader as its one Vulkan driver: the loader of libraries reads it when the process starts. */
export function swiftshaderEnvironment(): NodeJS.ProcessEnv {
  const folder = driverFolder();
  return { ...process.env, LD_LIBRARY_PATH: folder, VK_ICD_FILENAMES: join(folder, DRIVER) };
}
