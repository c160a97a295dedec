import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../../infra/config/load-config.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-precision-'));
  await writeFile(join(folder, 'people.csv'), 'age,b\n1,2\n');
});
afterAll(() => rm(folder, { recursive: true }));

const load = (backend: string): ReturnType<typeof loadConfig> =>
  loadConfig({ file: 'people.csv', settings: ['model.precision=bfloat16'], seed: null, backend, environment: {}, folder });

it('bfloat16 is refused with a backend that cannot multiply in it', async () => {
  await expect(load('wasm')).rejects.toThrow('bfloat16 is multiplied by the tensorflow backend, not by wasm');
  await expect(load('cpu')).rejects.toThrow('set backend to auto or tensorflow');
});

it.each(['auto', 'tensorflow'])('bfloat16 is taken with %s', async (backend) => {
  expect((await load(backend)).audit.model.precision).toBe('bfloat16');
});
