import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { StageActivities } from '../../activities/activities.ts';
import { damagedStage } from '../../activities/damage-code.ts';
import { STAGES, type StageAnswer, type StageInput, type StageName, type StageProgress } from '../../activities/types.ts';
import type { StoreErrorCode } from '../store/store-error.ts';
import type { ProcessPool } from '../trainer/process-pool.ts';
import { StageProcessError } from '../trainer/stage-process-handle.ts';

const PULSE_MS = 1_000;
/** Histories are no place for logs: the end of what a process wrote, which names its fault. */
const STDERR_SENT = 4_000;

/** What a store says that only a person can mend: a second run goes on once they have. */
const BEYOND_RETRY: ReadonlySet<string> = new Set<StoreErrorCode>(['full', 'foreign']);

/** How a stage that gave no result ends its activity: what a retry cannot mend is not retried, what was asked for is no failure. */
function failureOf(error: unknown, context: Context): Error {
  if (context.cancellationSignal.aborted) {
    if (context.cancellationDetails?.cancelRequested === true) return new CancelledFailure('cancelled');
    return ApplicationFailure.retryable('handed back: the worker is shutting down', 'HandedBack');
  }
  if (!(error instanceof StageProcessError)) return ApplicationFailure.retryable((error as Error).message, 'Infrastructure');
  if (error.kind === 'data') return ApplicationFailure.nonRetryable(error.message, 'DataError', error.code);
  const stage = damagedStage(error.code);
  if (stage !== null) return ApplicationFailure.nonRetryable(error.message, 'DamagedInput', { stage });
  return ApplicationFailure.create({ message: error.message, type: error.code, nonRetryable: BEYOND_RETRY.has(error.code), ...(error.stderr === '' ? {} : { details: [{ stderr: error.stderr.slice(-STDERR_SENT) }] }) });
}

async function superviseStage(pool: ProcessPool, stage: StageName, input: StageInput): Promise<StageAnswer> {
  const context = Context.current(), started = performance.now();
  let last: StageProgress = { fraction: 0 };
  const pulse = setInterval(() => context.heartbeat(last), PULSE_MS);
  try {
    const result = await pool.run({ stage, input }, {
      signal: context.cancellationSignal, onProgress: (progress) => { last = progress; }, onWarning: (line) => context.log.warn(line),
    });
    return { ...result, seconds: Math.round(performance.now() - started) / 1000 };
  } catch (error) {
    throw failureOf(error, context);
  } finally {
    clearInterval(pulse);
  }
}

/** One activity a stage; each computes in a process of the pool while this one pulses heartbeats with its progress. */
export function createStageActivities(pool: ProcessPool): StageActivities {
  const entries = STAGES.map((stage) => [stage, (input: StageInput) => superviseStage(pool, stage, input)] as const);
  return Object.fromEntries(entries) as unknown as StageActivities;
}
