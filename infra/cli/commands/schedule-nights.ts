import { gapText } from '../../../activities/compare-night.ts';
import { acknowledge } from '../../schedule/acknowledgements.ts';
import { brokenLinks, lastEntry, newestEntries } from '../../schedule/ledger.ts';
import { describeSchedule } from '../../schedule/schedule-client.ts';
import type { Store } from '../../store/store.ts';
import type { Session } from '../../temporal/session.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { typed } from '../invocation.ts';
import { oneLine, type Output } from '../output.ts';

/** When a schedule runs, how its last nights went, and what lasts. Exit code 1 while an alarm lasts. */
export async function showSchedule({ client, store }: Session, name: string, nights: number, output: Output): Promise<number> {
  const { state, info, memo } = await describeSchedule(client, name), entries = await newestEntries(store, name, nights), last = entries.at(-1), open = last?.open ?? {}, broken = await brokenLinks(store, name);
  const shown = entries.map(({ night, audit, outcome, sentence, alarms, rows, comparisons }) => ({ night, audit, outcome, sentence, rows, comparisons, alarms: alarms.filter(({ severity }) => severity === 'alarm').map(({ cause, sentence: said }) => ({ cause, sentence: said })) }));
  const next = info.nextActionTimes.slice(0, 3).map((time) => time.toISOString());
  const lines = [
    `schedule ${name}: ${state.paused ? `paused${state.note === undefined ? '' : `: ${state.note}`}` : `next ${next.join(', ') || 'never'}`}`, `  configuration ${String(memo?.['version'] ?? '').slice(0, 12)}, data ${String(memo?.['location'] ?? '')}`,
    ...(info.runningActions.length > 0 ? ['  a night is under way'] : []), ...(info.numActionsMissedCatchupWindow > 0 ? [`  ${info.numActionsMissedCatchupWindow} nights never came: the service was away for longer than the catch-up; backfill them`] : []),
    ...shown.flatMap(({ night, outcome, sentence, alarms }) => [`  ${night.slice(0, 19)}  ${outcome}${alarms.length === 0 ? '' : `, ${alarms.length === 1 ? 'an alarm' : `${alarms.length} alarms`}`}  ${oneLine(sentence)}`, ...alarms.map(({ sentence: said }) => `    ALARM  ${oneLine(said)}`)]), ...(entries.length === 0 ? ['  no night yet'] : []),
    ...broken.map((index) => `  entry ${index} of the ledger does not follow from the one before: somebody changed the store by hand`),
    ...Object.entries(open).map(([cause, since]) => `  alarm lasts since ${since.slice(0, 19)}: ${oneLine(cause.startsWith('gap:') ? gapText(cause.slice('gap:'.length)) : cause)}  (take note: ${typed(`schedule acknowledge ${name} '${cause}'`)})`),
  ];
  output.result({ name, paused: state.paused, note: state.note ?? null, next, running: info.runningActions.length, missed: info.numActionsMissedCatchupWindow, skipped: info.numActionsSkippedOverlap, nights: shown, open, broken }, lines.join('\n'));
  return Object.keys(open).length > 0 || broken.length > 0 ? EXIT.findings : EXIT.done;
}

/** Takes note of one lasting cause, or of all. */
export async function acknowledgeCauses(store: Store, name: string, cause: string | null, accept: boolean, output: Output): Promise<number> {
  const open = (await lastEntry(store, name))?.open ?? {}, causes = cause === null ? Object.keys(open) : [cause];
  for (const each of causes) {
    if (!Object.hasOwn(open, each)) throw new UsageError(`schedule ${name}: ${each} is not among what lasts (${Object.keys(open).join(', ') || 'nothing does'}); see ${typed(`schedule show ${name}`)}`);
    await acknowledge(store, name, { cause: each, since: open[each]!, accept });
  }
  output.result({ name, acknowledged: causes, accept }, causes.length === 0 ? `schedule ${name}: nothing lasts` : `schedule ${name}: taken note of ${causes.join(', ')}${accept ? ', accepted as it is' : ''}; it counts from the next night`);
  return EXIT.done;
}
