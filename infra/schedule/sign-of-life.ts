import { sha256 } from '../../activities/artifacts.ts';
import type { Alarm, LedgerEntry, StoredSchedule } from '../../activities/nightly-types.ts';
import { nightCommand } from './night-command.ts';

const WEEK_MS = 7 * 24 * 3600 * 1000;

/** One word when nothing was told for a week: silence shall mean that nothing happened, not that nobody looked. */
export function signOfLife(schedule: Pick<StoredSchedule, 'name'>, night: string, last: LedgerEntry | null, tonight: Pick<LedgerEntry, 'goodNights' | 'outcome' | 'open'>): readonly Alarm[] {
  if (last === null || Date.parse(night) - Date.parse(last.lastWord) < WEEK_MS) return [];
  const lasting = Object.keys(tonight.open).length, state = lasting === 0 ? 'nothing to tell' : `nothing new; ${lasting} told before still last`;
  return [{ cause: 'alive', severity: 'alive', title: 'The nights go on', sentence: `${schedule.name}: ${tonight.goodNights} good nights so far, tonight ${tonight.outcome.replaceAll('-', ' ')}, ${state}.`, interval: null, chart: null, command: nightCommand({ schedule: schedule.name, night }), key: sha256(`${schedule.name}\n${night}\nalive`) }];
}
