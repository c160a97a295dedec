import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findWebgpu, hasWebgpuKernels, pathInPackage } from './webgpu-library.ts';
import { noAdapter, noKernels, noLibrary, noPlatform } from './webgpu-messages.ts';

const TRIAL = fileURLToPath(new URL('./try-webgpu.ts', import.meta.url));
const TRIAL_MS = 60_000;

export type WebgpuTrial = { readonly adapter: string } | { readonly missing: readonly string[] };

/** Starts WebGPU in a process of its own: the adapter that it computes on, or what is missing, each with what to do. */
export function tryWebgpu(): WebgpuTrial {
  if (pathInPackage() === null) return { missing: [noPlatform()] };
  const missing = [...hasWebgpuKernels() ? [] : [noKernels()], ...findWebgpu() === null ? [noLibrary()] : []];
  if (missing.length > 0) return { missing };
  const { stdout, stderr, signal } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', TRIAL], { encoding: 'utf8', timeout: TRIAL_MS });
  const answer = stdout.startsWith('{') ? JSON.parse(stdout) as { readonly adapter?: string; readonly message?: string } : {};
  if (answer.adapter !== undefined) return { adapter: answer.adapter };
  const said = /(?:Warning|Error): (.+)/.exec(stderr)?.[1] ?? (signal === null ? answer.message ?? '' : `the driver ended the process: ${signal}`);
  return { missing: [answer.message !== undefined && !answer.message.includes('no adapter') ? `WebGPU does not start: ${answer.message}` : noAdapter(said)] };
}
