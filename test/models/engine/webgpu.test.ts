import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NO_SWIFTSHADER, swiftshaderEnvironment } from './swiftshader.ts';

const SCRIPT = fileURLToPath(new URL('webgpu-process.ts', import.meta.url));

interface Apart {
  readonly steps: number; readonly parameters: number; readonly first: number; readonly second: number; readonly score: number; readonly mu: number;
  readonly count: number; readonly leaked: number;
}
interface Answer { readonly trained: Readonly<Record<string, Apart>>; readonly described: Readonly<Record<string, number>>; readonly refusal: string; readonly resumes: boolean }

describe.skipIf(NO_SWIFTSHADER !== null)(`webgpu on SwiftShader (${NO_SWIFTSHADER ?? 'a GPU made of software'})`, () => {
  it('trains, scores, encodes and decodes as cpu does to 1e-5, leaves no tensor, names the kernel that a network lacks, goes on to the same bytes', () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [SCRIPT], { encoding: 'utf8', env: swiftshaderEnvironment() });
    expect(status, stderr).toBe(0);
    const { trained, described, refusal, resumes } = JSON.parse(stdout) as Answer;
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
    expect(resumes).toBe(true);
  }, 240_000);
});
