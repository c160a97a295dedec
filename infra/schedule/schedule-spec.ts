import type { ScheduleSpec } from '@temporalio/client';
import { DataError } from '../../activities/data-error.ts';
import { clockChanges, formatIn, type ClockChange } from './clock-change.ts';

export interface SpecRequest {
  readonly cron: string | null;
  readonly every: string | null;
  readonly timeZone: string;
}

const refuse = (message: string): DataError => new DataError('bad-schedule', message);

const FIELD = /^[\d*,/\-?LA-Za-z#]+$/;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** A cron that names one time of day. */
const TIME_OF_DAY = /^(\d{1,2}) (\d{1,2}) /;
const MAKE_UP_DAYS = 3 * 366;

/** `90s`, `15m`, `6h`, `1d` in ms. @throws DataError `bad-schedule` */
export function durationMs(text: string, flag: string): number {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (amount === undefined || Number(amount) === 0) throw refuse(`${flag} is ${text}: expected a time such as 90s, 15m, 6h or 1d`);
  return Number(amount) * UNITS[unit!]!;
}

/**
 * When nights begin. Temporal matches the clock on the wall: where clocks change, a time that does not come on a day is passed over; one that
 * comes twice begins one night or two, of which the second finds nothing new. A night passed over is made up for an hour later, for the next three years.
 * @param now in ms since 1970
 * @throws DataError `bad-schedule`
 */
export function scheduleSpec({ cron, every, timeZone }: SpecRequest, now: number): { readonly spec: ScheduleSpec; readonly clockChanges: readonly ClockChange[] } {
  if ((cron === null) === (every === null)) throw refuse('name when nights begin, by one of --cron "30 2 * * *" and --every 1d');
  if (every !== null) return { spec: { intervals: [{ every: durationMs(every, '--every') }] }, clockChanges: [] };
  try {
    formatIn(timeZone);
  } catch {
    throw refuse(`--time-zone is ${timeZone}: expected a name such as Europe/Berlin or UTC`);
  }
  const fields = cron!.trim().split(/\s+/);
  if (fields.length !== 5 || !fields.every((field) => FIELD.test(field))) throw refuse(`--cron is ${cron}: expected five fields (minute hour day month weekday), such as "30 2 * * *"`);
  const daily = TIME_OF_DAY.exec(`${fields.join(' ')} `), changes = daily === null || timeZone === 'UTC' ? [] : clockChanges(timeZone, Number(daily[2]), Number(daily[1]), now, MAKE_UP_DAYS);
  const everyDay = fields.slice(2).every((field) => field === '*');
  const calendars = everyDay ? changes.filter(({ kind }) => kind === 'skipped').map(({ date }) => makeUp(date, Number(daily![2]), Number(daily![1]))) : [];
  return { spec: { cronExpressions: [fields.join(' ')], timezone: timeZone, ...(calendars.length === 0 ? {} : { calendars }) }, clockChanges: changes };
}

const MONTHS = ['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const;

function makeUp(date: string, hour: number, minute: number): NonNullable<ScheduleSpec['calendars']>[number] {
  const [year, month, day] = date.split('-').map(Number);
  return { year: year!, month: MONTHS[month! - 1]!, dayOfMonth: day!, hour: hour + 1, minute, comment: `clocks change: ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')} does not come on ${date}` };
}
