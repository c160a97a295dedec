import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { resolveBackend } from '../../../infra/setup/resolve-backend.ts';
import { findTensorflow } from '../../../infra/setup/tensorflow-build.ts';
import { processEnvironment } from '../../../infra/trainer/process-environment.ts';

const SCRIPT = fileURLToPath(new URL('./tensorflow-process.ts', import.meta.url));

interface Answer { readonly backend: string; readonly active: string; readonly hash: string; readonly value: number; readonly tasks: number }

async function inProcess(threads: number): Promise<Answer & { readonly said: string }> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [SCRIPT], { env: processEnvironment({ threads, device: null }) });
  return { ...JSON.parse(stdout) as Answer, said: stderr };
}

describe('resolveBackend', () => {
  it('is the native backend where it is built, wasm elsewhere, and what was asked for in every case', () => {
    expect(resolveBackend('auto', true)).toBe(findTensorflow() === null ? 'wasm' : 'tensorflow');
    for (const choice of ['wasm', 'cpu'] as const) expect(resolveBackend(choice, true)).toBe(choice);
    // Another machine computes: what it has is seen there.
    expect(resolveBackend('tensorflow', false)).toBe('tensorflow');
    expect(resolveBackend('auto', false, 'gpu')).toBe('tensorflow');
  });

  it('is refused where it was asked for and is not built, before an audit begins', () => {
    const cache = process.env['XDG_CACHE_HOME'];
    process.env['XDG_CACHE_HOME'] = '/nowhere';
    try {
      expect(resolveBackend('auto', true)).toBe('wasm');
      expect(() => resolveBackend('tensorflow', true)).toThrow(expect.objectContaining({ code: 'backend-unavailable', message: expect.stringContaining('setup tensorflow') }));
      expect(() => resolveBackend('auto', true, 'gpu')).toThrow(expect.objectContaining({ code: 'backend-unavailable', message: expect.stringContaining('model.device') }));
    } finally {
      if (cache === undefined) delete process.env['XDG_CACHE_HOME'];
      else process.env['XDG_CACHE_HOME'] = cache;
    }
  });
});

describe.skipIf(findTensorflow() === null)('processes on the native backend (needs penumbra setup tensorflow)', () => {
  it('give the same bytes, compute with the threads they are given, and are silent', async () => {
    const one = await inProcess(1), again = await inProcess(1), three = await inProcess(3);
    expect(one).toMatchObject({ backend: 'tensorflow', active: 'tensorflow', said: '' });
    expect(again).toEqual(one);
    expect(three.value).toBeCloseTo(one.value, 5);
    // TensorFlow starts two pools of that many threads; Node's own are equal in both.
    expect(three.tasks - one.tasks).toBe(4);
  });
});
