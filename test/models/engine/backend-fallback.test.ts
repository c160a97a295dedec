import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startBackend } from '../../../models/engine/backend.ts';

describe('startBackend where the wasm files are missing', () => {
  // The wasm loader tells of its failure on standard error.
  beforeEach(() => { for (const method of ['error', 'warn'] as const) vi.spyOn(console, method).mockImplementation(() => {}); });
  afterEach(() => { vi.restoreAllMocks(); });

  it('refuses wasm, and falls back to cpu for auto', async () => {
    await expect(startBackend('wasm', '/nowhere')).rejects.toMatchObject({ code: 'backend-unavailable', message: 'the wasm backend did not start from /nowhere; use auto or cpu' });
    expect(await startBackend('auto', '/nowhere')).toBe('cpu');
    expect(tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([3, 1])).arraySync())).toEqual([[3], [3]]);
  });
});
