import { ApplicationFailure, Context } from '@temporalio/activity';
import { DataError } from '../../activities/data-error.ts';
import type { NightlyActivities } from '../../activities/nightly-types.ts';
import { openStore, type StoreConfig } from '../store/open-store.ts';
import { runJudge } from './judge-process.ts';
import { prepareNight } from './prepare-night.ts';
import { tellNight } from './tell-night.ts';

const PULSE_MS = 5_000;

/** What cannot be mended by trying again ends the activity; the rest is tried again. */
async function mapped<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DataError) throw ApplicationFailure.nonRetryable(error.message, 'DataError', error.code);
    throw error;
  }
}

/** The activities of a schedule's nights, over one store. */
export function createNightlyActivities(config: StoreConfig): NightlyActivities {
  return {
    prepareNight: (request) => mapped(async () => prepareNight(await openStore(config), request)),
    judgeNight: (end) => mapped(async () => {
      const context = Context.current(), pulse = setInterval(() => context.heartbeat(), PULSE_MS);
      try {
        return await runJudge(config, end, context.cancellationSignal);
      } finally {
        clearInterval(pulse);
      }
    }),
    tellNight: (request) => mapped(async () => tellNight(await openStore(config), request)),
  };
}
