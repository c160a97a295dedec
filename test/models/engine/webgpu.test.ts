import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NO_SWIFTSHADER, swiftshaderEnvironment } from './swiftshader.ts';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

function node(script: string, ...options: readonly string[]): ReturnType<typeof spawnSync> & { readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [path(script), ...options], { encoding: 'utf8', env: swiftshaderEnvironment() });
}

interface Apart {
  readonly steps: number; readonly parameters: number; readonly first: number; readonly second: number; readonly score: number; readonly mu: number;
  readonly count: number; readonly leaked: number;
}
interface Answer { readonly trained: Readonly<Record<string, Apart>>; readonly described: Readonly<Record<string, number>>; readonly refusal: string }

describe.skipIf(NO_SWIFTSHADER !== null)(`webgpu on SwiftShader (${NO_SWIFTSHADER ?? 'a GPU made of software'})`, () => {
  it('trains, scores, encodes and decodes as cpu does to 1e-5, leaves no tensor, and names the kernel that a network lacks', () => {
    const { stdout, stderr, status } = node('webgpu-process.ts');
    expect(status, stderr).toBe(0);
    const { trained, described, refusal } = JSON.parse(stdout) as Answer;
    expect(Object.keys(trained)).toEqual(expect.arrayContaining(['vae', 'ae', 'images with batch norm', 'images with group norm', 'vae with weight decay']));
    for (const [name, { count, leaked, ...apart }] of Object.entries(trained)) {
      for (const [what, by] of Object.entries(apart)) expect(by, `${name}: ${what}`).toBeLessThan(1e-5);
      expect(count).toBe(name.startsWith('images') ? 4 : 20);
      expect(leaked, name).toBe(0);
    }
    const { tensors, ...apart } = described;
    expect(tensors).toBe(0);
    for (const by of Object.values(apart)) expect(by).toBeLessThan(1e-5);
    expect(refusal).toBe('backend-unavailable: the vae network is unavailable on webgpu, which has no kernel Unique; use auto, tensorflow, wasm or cpu');
  });

  it('killed in one process ends in another with the bytes of an undisturbed third', () => {
    const folder = mkdtempSync(join(tmpdir(), 'penumbra-webgpu-'));
    expect(node('training-digest.ts', 'webgpu', join(folder, 'killed'), '7').signal).toBe('SIGKILL');
    const second = node('training-digest.ts', 'webgpu', join(folder, 'killed'), '0'), third = node('training-digest.ts', 'webgpu', join(folder, 'whole'), '0');
    rmSync(folder, { recursive: true });
    expect(third.stdout).toMatch(/^[0-9a-f]{64}$/);
    expect(second.stdout).toBe(third.stdout);
  });
});
