import { gapText } from '../../activities/compare-night.ts';
import type { LedgerEntry } from '../../activities/nightly-types.ts';
import { alarmChartFile } from './alarm-chart-file.ts';
import { intervalText } from './interval-text.ts';
import { xmlText } from './xml-text.ts';

/** One night as JUnit XML: a test case for how the night went, for each comparison and each watched gap; what alarms has failed. */
export function junit(schedule: string, entry: LedgerEntry): string {
  const alarms = entry.alarms.filter(({ severity }) => severity === 'alarm'), by = new Map(alarms.map((alarm) => [alarm.cause, alarm]));
  const quiet = [`night ${entry.outcome}`, ...entry.comparisons.map(({ with: against }) => `compared with the ${against === 'last' ? 'last good night' : 'baseline'}`), ...Object.entries(entry.watch).filter(([key]) => !by.has(`gap:${key}`)).map(([key]) => gapText(key))];
  const suite = xmlText(`penumbra.${schedule}`), total = quiet.length + alarms.length;
  const passed = quiet.map((name) => `  <testcase classname="${suite}" name="${xmlText(name)}"/>`);
  const failed = alarms.map(({ cause, title, sentence, interval, chart, command, key }) => `  <testcase classname="${suite}" name="${xmlText(cause.startsWith('gap:') ? gapText(cause.slice(4)) : cause)}">\n    <failure type="${xmlText(title)}" message="${xmlText(sentence)}">${xmlText([sentence, ...(interval === null ? [] : [intervalText(interval)]), ...(chart === null ? [] : [`Chart: ${alarmChartFile(key)}`]), `See it: ${command}`].join('\n'))}</failure>\n  </testcase>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="${total}" failures="${alarms.length}" errors="0">
<testsuite name="${suite}" tests="${total}" failures="${alarms.length}" errors="0" skipped="0" timestamp="${xmlText(entry.night)}">
${[...failed, ...passed].join('\n')}
</testsuite>
</testsuites>
`;
}
