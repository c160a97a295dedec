import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from './store-error.ts';

export interface RetryOptions {
  readonly attempts: number;
  /** Before the second attempt; doubles each time. */
  readonly firstDelayMs: number;
  readonly maximumDelayMs: number;
}

/** Six attempts within seven seconds: longer outages are for the stage's own retries. */
export const DEFAULT_RETRY: RetryOptions = { attempts: 6, firstDelayMs: 200, maximumDelayMs: 5000 };

/** Repeats an action that failed with StoreError `unavailable`. `attempt` counts from 1. */
export async function withRetry<T>(options: RetryOptions, action: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action(attempt);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'unavailable' || attempt >= options.attempts) throw error;
      await sleep(Math.min(options.maximumDelayMs, options.firstDelayMs * 2 ** (attempt - 1)));
    }
  }
}
