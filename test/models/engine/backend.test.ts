import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../models/engine/backend.ts';
import { useBackend } from './fixture.ts';

describe('startBackend', () => {
  it('takes wasm for auto, and switches to the one that is asked for', async () => {
    expect(await useBackend('auto')).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect(await useBackend('cpu')).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
    expect(await useBackend('wasm')).toBe('wasm');
  });

  it.each(['tensorflow', 'webgpu'] as const)('says that %s is not built', async (name) => {
    await expect(startBackend(name, '/nowhere')).rejects.toMatchObject({ code: 'backend-unavailable', message: expect.stringContaining(`the ${name} backend is not built yet`) });
  });
});
