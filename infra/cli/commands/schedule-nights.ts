import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gapText } from '../../../activities/compare-night.ts';
import type { LedgerEntry } from '../../../activities/nightly-types.ts';
import { alarmChartFile } from '../../alarms/alarm-chart-file.ts';
import { acknowledge, acknowledgementsOf, type Acknowledgement } from '../../schedule/acknowledgements.ts';
import { brokenLinks, entryOfNight, lastEntry, newestEntries } from '../../schedule/ledger.ts';
import { describeSchedule } from '../../schedule/schedule-client.ts';
import type { Store } from '../../store/store.ts';
import type { Session } from '../../temporal/session.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { typed } from '../invocation.ts';
import { oneLine, type Output } from '../output.ts';
import { checkWritable } from '../writable-folder.ts';

export interface ShowOptions {
  /** How many of the newest nights. */
  readonly nights: number;
  /** This night alone. */
  readonly night: string | null;
  /** Write the files of the nights shown: to the folder named, or the schedule's own. */
  readonly out: string | true | null;
}

/** As a shell takes it; causes hold text of the data. */
const quoted = (text: string): string => `'${oneLine(text).replaceAll("'", "'\\''")}'`;

/** The nights asked for, oldest first. */
async function entriesShown(store: Store, name: string, { nights, night }: ShowOptions): Promise<readonly LedgerEntry[]> {
  if (night === null) return newestEntries(store, name, nights);
  const time = new Date(night), entry = Number.isNaN(time.getTime()) ? null : await entryOfNight(store, name, time.toISOString());
  if (entry === null) throw new UsageError(`--night is ${night}: the ledger of schedule ${name} has no such night; ${typed(`schedule show ${name} --nights 100`)} lists them`);
  return [entry];
}

/** Writes what a host of this machine writes as each night ends, from the store alone. @returns the folder */
async function writeNights(store: Store, name: string, entries: readonly LedgerEntry[], out: string, output: Output): Promise<string> {
  await checkWritable(out, '--out');
  // A page of charts takes a second to load, and most looks at a schedule need none.
  const { writeNight, writeTold } = await import('../../schedule/night-files.ts');
  for (const entry of entries) {
    output.say(`writing the night ${entry.night.slice(0, 19)}`);
    for (const gone of await writeNight(store, name, entry, out)) output.warn(`${entry.night.slice(0, 19)}: a comparison cannot be made again: ${gone}`);
  }
  const last = await lastEntry(store, name);
  if (last !== null) await writeTold(store, name, last, out);
  return out;
}

/** When a schedule runs, how its last nights went, and what lasts. Exit code 1 while an alarm lasts. */
export async function showSchedule({ client, store }: Session, name: string, options: ShowOptions, output: Output): Promise<number> {
  const { state, info, memo } = await describeSchedule(client, name), entries = await entriesShown(store, name, options), last = await lastEntry(store, name), open = last?.open ?? {}, noted = last === null ? new Map<string, Acknowledgement>() : await acknowledgementsOf(store, name, last), broken = await brokenLinks(store, name);
  const folder = resolve(typeof options.out === 'string' ? options.out : typeof memo?.['out'] === 'string' ? memo['out'] : `penumbra-out/${name}`), out = options.out === null ? null : await writeNights(store, name, entries, folder, output);
  const shown = entries.map(({ night, audit, outcome, sentence, alarms, rows, comparisons }) => ({ night, audit, outcome, sentence, rows, comparisons, alarms: alarms.filter(({ severity }) => severity === 'alarm').map(({ cause, sentence: said, interval, chart, command, key }) => ({ cause, sentence: said, interval, chart: chart === null ? null : alarmChartFile(key), command })) }));
  const next = info.nextActionTimes.slice(0, 3).map((time) => time.toISOString());
  const lines = [
    `schedule ${name}: ${state.paused ? `paused${state.note === undefined ? '' : `: ${state.note}`}` : `next ${next.join(', ') || 'never'}`}`, `  configuration ${String(memo?.['version'] ?? '').slice(0, 12)}, data ${String(memo?.['location'] ?? '')}`,
    ...(info.runningActions.length > 0 ? [`  a night is under way; its audit: ${typed('status')}`] : []), ...(info.numActionsMissedCatchupWindow > 0 ? [`  ${info.numActionsMissedCatchupWindow} nights never came: the service was away for longer than the catch-up; backfill them`] : []),
    ...shown.flatMap(({ night, outcome, sentence, alarms }) => [`  ${night.slice(0, 19)}  ${outcome}${alarms.length === 0 ? '' : `, ${alarms.length === 1 ? 'an alarm' : `${alarms.length} alarms`}`}  ${oneLine(sentence)}`, ...alarms.flatMap(({ sentence: said, chart, command }) => [`    ALARM  ${oneLine(said)}`, `           see it: ${command}${chart === null || !existsSync(join(folder, chart)) ? '' : ` · chart: ${join(folder, chart)}`}`])]), ...(entries.length === 0 ? ['  no night yet'] : []),
    ...broken.map((index) => `  entry ${index} of the ledger does not follow from the one before: somebody changed the store by hand`),
    ...Object.entries(open).flatMap(([cause, since]) => [`  alarm lasts since ${since.slice(0, 19)}: ${oneLine(cause.startsWith('gap:') ? gapText(cause.slice('gap:'.length)) : cause)}`, `    see it: ${typed(`schedule show ${name} --night ${since}`)}`,
      noted.has(cause) ? `    taken note of${noted.get(cause)!.accept ? ', accepted as it is' : ''}: it counts from the next night` : `    take note: ${typed(`schedule acknowledge ${name} ${quoted(cause)}`)}`]),
  ];
  if (out !== null) lines.push(`  files: ${out}`);
  output.result({ name, paused: state.paused, note: state.note ?? null, next, running: info.runningActions.length, missed: info.numActionsMissedCatchupWindow, skipped: info.numActionsSkippedOverlap, nights: shown, open, broken, ...(out === null ? {} : { out }) }, lines.join('\n'));
  return Object.keys(open).length > 0 || broken.length > 0 ? EXIT.findings : EXIT.done;
}

/** Takes note of one lasting cause, or of all. */
export async function acknowledgeCauses(store: Store, name: string, cause: string | null, accept: boolean, output: Output): Promise<number> {
  const last = await lastEntry(store, name), open = last?.open ?? {}, noted = last === null ? new Map<string, unknown>() : await acknowledgementsOf(store, name, last);
  // Of all only those that nobody has looked at: what was accepted stays accepted.
  const causes = cause === null ? Object.keys(open).filter((each) => !noted.has(each)) : [cause];
  for (const each of causes) {
    if (!Object.hasOwn(open, each)) throw new UsageError(`schedule ${name}: ${each} is not among what lasts (${Object.keys(open).join(', ') || 'nothing does'}); see ${typed(`schedule show ${name}`)}`);
    await acknowledge(store, name, { cause: each, since: open[each]!, accept });
  }
  output.result({ name, acknowledged: causes, accept }, causes.length === 0 ? `schedule ${name}: nothing lasts that was not taken note of` : `schedule ${name}: taken note of ${causes.join(', ')}${accept ? ', accepted as it is' : ''}; it counts from the next night`);
  return EXIT.done;
}
