import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../models/engine/backend.ts';
import { useBackend } from './fixture.ts';

describe('startBackend', () => {
  it('takes the best that is there for auto, and switches to the one that is asked for', async () => {
    const best = await useBackend('auto');
    expect(['tensorflow', 'wasm']).toContain(best);
    expect(tf.getBackend()).toBe(best);
    expect(await useBackend('cpu')).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
    expect(await useBackend('wasm')).toBe('wasm');
  });

  it('says that webgpu is not there, and what builds tensorflow where it is not there', async () => {
    await expect(startBackend('webgpu', '/nowhere')).rejects.toMatchObject({ code: 'backend-unavailable', message: expect.stringContaining('the webgpu backend is not there') });
    await expect(startBackend('tensorflow', '/nowhere')).rejects.toMatchObject({ code: 'backend-unavailable', message: expect.stringContaining('penumbra setup tensorflow') });
  });

  it('says so when the binding is there and does not load, whether it was asked for or found', async () => {
    const broken = (): boolean => { throw new Error('libtensorflow_cc.so.2: file too short'); };
    for (const request of ['auto', 'tensorflow'] as const) {
      await expect(startBackend(request, '/nowhere', broken)).rejects.toMatchObject({ code: 'backend-unavailable', message: expect.stringMatching(/file too short.*setup tensorflow --again/) });
    }
    expect(await startBackend('cpu', '/nowhere', broken)).toBe('cpu');
  });
});
