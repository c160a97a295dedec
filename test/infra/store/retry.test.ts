import { describe, expect, it } from 'vitest';
import { RetryBudget, withRetry } from '../../../infra/store/retry.ts';
import { storeErrors } from '../../../infra/store/store-error.ts';

const away = storeErrors.unavailable('k', 'here', 'gone', null);
const options = { attempts: 100, firstDelayMs: 1, maximumDelayMs: 8, budgetMs: 10_000 };

/** Fails `failures` times, then succeeds; counts its calls. */
function flaky(failures: number, error: Error = away): { readonly action: () => Promise<string>; readonly calls: () => number } {
  let calls = 0;
  return { calls: () => calls, action: async () => { if (calls++ < failures) throw error; return 'done'; } };
}

describe('withRetry', () => {
  it('goes on while the store is unavailable, and no longer', async () => {
    const { action, calls } = flaky(5);
    expect(await withRetry(options, action)).toBe('done');
    expect(calls()).toBe(6);
    const denied = flaky(5, storeErrors.denied('k', 'here', 'ask', null));
    await expect(withRetry(options, denied.action)).rejects.toMatchObject({ code: 'denied' });
    expect(denied.calls()).toBe(1);
  });

  it('backs off, and begins no attempt after its budget of time', async () => {
    const endless = flaky(Infinity), started = performance.now();
    await expect(withRetry({ ...options, firstDelayMs: 20, maximumDelayMs: 80, budgetMs: 400 }, endless.action)).rejects.toBe(away);
    expect(performance.now() - started).toBeLessThan(2_000);
    // 20, 40, 80, 80 … ms, halved at most by chance.
    expect(endless.calls()).toBeLessThanOrEqual(13);
    expect(endless.calls()).toBeGreaterThanOrEqual(4);
  });

  it('spends no more retries than all requests have together', async () => {
    const budget = new RetryBudget(20), all = Array.from({ length: 10 }, () => flaky(Infinity));
    await Promise.all(all.map(({ action }) => expect(withRetry(options, action, budget)).rejects.toBe(away)));
    expect(all.reduce((sum, { calls }) => sum + calls(), 0)).toBe(10 + 20);
    for (let i = 0; i < 30; i++) await withRetry(options, async () => 'fine', budget);
    const later = flaky(Infinity);
    await expect(withRetry(options, later.action, budget)).rejects.toBe(away);
    expect(later.calls()).toBeGreaterThanOrEqual(3);
    expect(later.calls()).toBeLessThanOrEqual(5);
  });
});
