import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy, type Client, type ScheduleDescription, type ScheduleSpec } from '@temporalio/client';
import { DataError } from '../../activities/data-error.ts';
import type { NightInput } from '../../activities/nightly-types.ts';
import { DEFAULT_QUEUES } from '../temporal/queues.ts';

const PREFIX = 'penumbra-schedule-';
const idOf = (name: string): string => `${PREFIX}${name}`;

export interface NewSchedule {
  readonly input: NightInput;
  readonly spec: ScheduleSpec;
  readonly catchUpMs: number;
  readonly paused: string | null;
  readonly memo: { readonly configName: string; readonly location: string; readonly out: string | null };
}

/** @throws DataError `schedule-exists`. */
export async function createSchedule(client: Client, { input, spec, catchUpMs, paused, memo }: NewSchedule): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: idOf(input.schedule), spec,
      action: { type: 'startWorkflow', workflowType: 'nightlyAuditWorkflow', workflowId: `night-${input.schedule}`, taskQueue: DEFAULT_QUEUES.workflow, args: [input], memo: { ...memo } },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchUpMs }, memo: { ...memo, version: input.version },
      ...(paused === null ? {} : { state: { paused: true, note: paused } }),
    });
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) throw new DataError('schedule-exists', `there is a schedule ${input.schedule} already; delete it first, or choose another name with --name`, { cause: error });
    throw error;
  }
}

/** What is done to a schedule that must be there. @throws DataError `no-schedule`. */
async function existing<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) throw new DataError('no-schedule', `there is no schedule ${name}; list them with: penumbra schedule list`, { cause: error });
    throw error;
  }
}

export const describeSchedule = (client: Client, name: string): Promise<ScheduleDescription> => existing(name, () => client.schedule.getHandle(idOf(name)).describe());
export const pauseSchedule = (client: Client, name: string, reason: string): Promise<void> => existing(name, () => client.schedule.getHandle(idOf(name)).pause(reason));
export const resumeSchedule = (client: Client, name: string, reason: string): Promise<void> => existing(name, () => client.schedule.getHandle(idOf(name)).unpause(reason));
/** A night now, whatever the schedule says; skipped while one is under way. */
export const triggerSchedule = (client: Client, name: string): Promise<void> => existing(name, () => client.schedule.getHandle(idOf(name)).trigger(ScheduleOverlapPolicy.SKIP));
export const deleteSchedule = (client: Client, name: string): Promise<void> => existing(name, () => client.schedule.getHandle(idOf(name)).delete());
/** The nights of a span that never came, one after the other. */
export const backfillSchedule = (client: Client, name: string, start: Date, end: Date): Promise<void> => existing(name, () => client.schedule.getHandle(idOf(name)).backfill({ start, end, overlap: ScheduleOverlapPolicy.BUFFER_ALL }));

/** Names of Penumbra's schedules, with their pause and next time. */
export async function listSchedules(client: Client): Promise<readonly { readonly name: string; readonly paused: boolean; readonly note: string | null; readonly next: string | null }[]> {
  const found = [];
  for await (const { scheduleId, state, info } of client.schedule.list()) {
    if (scheduleId.startsWith(PREFIX)) found.push({ name: scheduleId.slice(PREFIX.length), paused: state.paused, note: state.note ?? null, next: info.nextActionTimes[0]?.toISOString() ?? null });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}
