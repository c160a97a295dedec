import { join } from 'node:path';
import type { Alarm, LedgerEntry } from '../../activities/nightly-types.ts';
import { alarmChartFile } from '../alarms/alarm-chart-file.ts';
import { atomFeed } from '../alarms/atom-feed.ts';
import { junit } from '../alarms/junit.ts';
import { writeFiles } from '../compare/write-files.ts';
import { publishReport } from '../results/publish.ts';
import { readRecord } from '../results/records.ts';
import type { Store } from '../store/store.ts';
import { newestEntries, nightStamp } from './ledger.ts';
import { comparisonsOfNight, writeComparisons } from './night-comparisons.ts';
import { readSchedule } from './stored-schedule.ts';
import { watchTable } from './watch-table.ts';

/** Nights that the feed looks back over. */
const FEED_NIGHTS = 120;

/** An alarm in short: without its chart, which has a file of its own. */
const inShort = ({ cause, severity, title, sentence, interval, chart, command, key }: Alarm): object => ({ cause, severity, title, sentence, interval, chart: chart === null ? null : alarmChartFile(key), command, key });

/** The entry without what only the next night needs. */
function lastNight({ night, audit, outcome, sentence, rows, comparisons, alarms, open }: LedgerEntry): object {
  return { night, audit, outcome, sentence, rows, comparisons, open, alarms: alarms.map(inShort) };
}

function alarmCharts({ alarms }: LedgerEntry): ReadonlyMap<string, string> {
  return new Map(alarms.flatMap(({ chart, key }) => (chart === null ? [] : [[alarmChartFile(key), chart] as const])));
}

/** What a schedule's folder says of its newest night: its alarms' charts, the feed, junit.xml, and last-night.json at the end. */
export async function writeTold(store: Store, schedule: string, entry: LedgerEntry, out: string): Promise<void> {
  await writeFiles(out, new Map([...alarmCharts(entry), ['feed.xml', atomFeed(schedule, await newestEntries(store, schedule, FEED_NIGHTS))], ['junit.xml', junit(schedule, entry)]]));
  await writeFiles(out, new Map([['last-night.json', `${JSON.stringify(lastNight(entry), null, 2)}\n`]]));
}

/**
 * The folder of a night and the charts of its alarms, from the store alone: the files of its audit and of its comparisons, as a host of this machine writes them when the night ends.
 * @returns what cannot be made again, since its results are gone
 */
export async function writeNight(store: Store, schedule: string, entry: LedgerEntry, out: string): Promise<readonly string[]> {
  const folder = join(out, nightStamp(entry.night)), record = entry.audit === null ? null : await readRecord(store, entry.audit);
  if (record !== null) await publishReport(store, record, folder);
  await writeFiles(out, alarmCharts(entry));
  const { compared, gone } = await comparisonsOfNight(store, schedule, entry), { watch } = await readSchedule(store, schedule, entry.version);
  await writeComparisons(folder, compared, watchTable(entry.watch, watch));
  return gone;
}
