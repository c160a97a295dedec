import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backendIdentity, processorText } from '../../../infra/trainer/backend-identity.ts';
import { gpuDevices } from '../../../infra/trainer/gpu-devices.ts';
import { machineMemory, privateBytes } from '../../../infra/trainer/process-memory.ts';

describe('gpuDevices', () => {
  it('names what the driver names, in the order of the bus, and none where there is no driver', async () => {
    const driver = await mkdtemp(join(tmpdir(), 'penumbra-driver-'));
    for (const [address, model] of [['0000:41:00.0', 'NVIDIA H200'], ['0000:07:00.0', 'NVIDIA A10']] as const) {
      await mkdir(join(driver, address));
      await writeFile(join(driver, address, 'information'), `Model: \t\t ${model}\nIRQ:   \t\t 5\n`);
    }
    expect(gpuDevices(driver)).toEqual([{ index: 0, model: 'NVIDIA A10' }, { index: 1, model: 'NVIDIA H200' }]);
    await rm(driver, { recursive: true });
    expect(gpuDevices(driver)).toEqual([]);
  });
});

describe('what a result depends on besides its input', () => {
  it('is nothing on wasm and cpu', async () => {
    expect(await backendIdentity('wasm')).toBe('');
    expect(await backendIdentity('cpu')).toBe('');
  });

  it('is version, build, threads and processor on tensorflow', async () => {
    const before = process.env['TF_NUM_INTRAOP_THREADS'];
    process.env['TF_NUM_INTRAOP_THREADS'] = '1';
    const one = await backendIdentity('tensorflow');
    process.env['TF_NUM_INTRAOP_THREADS'] = '3';
    expect(one).toMatch(/^tensorflow 2\.\d+\.\d+ \((?:CPU|CUDA) build\) on 1 thread, \w+ /);
    expect(await backendIdentity('tensorflow')).toBe(one.replace('1 thread,', '3 threads,'));
    if (before === undefined) delete process.env['TF_NUM_INTRAOP_THREADS'];
    else process.env['TF_NUM_INTRAOP_THREADS'] = before;
  });

  it('names the instructions that sums depend on, in one order, and not the machine', () => {
    const text = processorText('processor: 0\nmodel name: Secret 9000\nflags\t\t: fpu sse4_2 fma avx2 avx amx_bf16 avx512f hypervisor\n');
    expect(text).toContain('amx_bf16 avx avx2 avx512f fma sse4_2');
    expect(text).not.toMatch(/Secret|fpu|hypervisor/);
  });
});

describe('memory', () => {
  it('of a process is what it holds for itself', () => {
    const before = privateBytes('self')!, held = Buffer.alloc(80e6, 1), grown = privateBytes('self')! - before;
    expect(held[5]).toBe(1);
    expect(grown).toBeGreaterThan(70e6);
    expect(grown).toBeLessThan(machineMemory());
    expect(privateBytes(2 ** 30)).toBeNull();
  });
});
