import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from './store-error.ts';

export interface RetryOptions {
  readonly attempts: number;
  /** Before the second attempt; doubles each time. */
  readonly firstDelayMs: number;
  readonly maximumDelayMs: number;
  /** Counted from the first attempt: no other begins later. */
  readonly budgetMs: number;
}

/** Outlasts a server that is gone for half a minute: 0.2, 0.4, … 5 s between attempts, for at most 45 s. Longer outages are for the stage's own retries. */
export const DEFAULT_RETRY: RetryOptions = { attempts: 14, firstDelayMs: 200, maximumDelayMs: 5000, budgetMs: 45_000 };

/** For the first request: who names a server that is not there should not wait long to hear it. */
export const FIRST_RETRY: RetryOptions = { attempts: 5, firstDelayMs: 200, maximumDelayMs: 2000, budgetMs: 5000 };

/**
 * Retries that all requests of one store have together, so that many at once do not beat down a server that is in trouble: each costs
 * one, ten requests that went well give one back.
 */
export class RetryBudget {
  static readonly #RETURNED = 0.1;
  readonly #most: number;
  #left: number;

  constructor(most = 200) {
    this.#most = most;
    this.#left = most;
  }

  take(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  succeeded(): void {
    this.#left = Math.min(this.#most, this.#left + RetryBudget.#RETURNED);
  }
}

/** Half to all of the back-off: those that failed together do not come back together. Changes no result, so that chance may decide. */
function delayOf({ firstDelayMs, maximumDelayMs }: RetryOptions, attempt: number): number {
  return Math.min(maximumDelayMs, firstDelayMs * 2 ** (attempt - 1)) * (0.5 + 0.5 * Math.random());
}

/** Repeats an action that failed with StoreError `unavailable`, within its own budget of time and the store's of retries. `attempt` counts from 1. */
export async function withRetry<T>(options: RetryOptions, action: (attempt: number) => Promise<T>, budget = new RetryBudget()): Promise<T> {
  const begun = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await action(attempt);
      budget.succeeded();
      return result;
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'unavailable' || attempt >= options.attempts) throw error;
      const delay = delayOf(options, attempt);
      if (performance.now() - begun + delay > options.budgetMs || !budget.take()) throw error;
      await sleep(delay);
    }
  }
}
