import type { Alarm, LedgerEntry } from '../../activities/nightly-types.ts';
import { intervalText } from './interval-text.ts';
import { xmlText } from './xml-text.ts';

const MOST = 50;

/** What was told, newest first, as an Atom feed (RFC 4287): alarms and signs of life; a night with nothing to tell adds nothing. */
export function atomFeed(schedule: string, entries: readonly LedgerEntry[]): string {
  const told = entries.flatMap((entry) => entry.alarms.map((alarm) => ({ alarm, night: entry.night }))).slice(-MOST).toReversed();
  const updated = told[0]?.night ?? entries.at(-1)?.night ?? '1970-01-01T00:00:00.000Z';
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>urn:penumbra:schedule:${xmlText(encodeURIComponent(schedule))}</id>
<title>Penumbra: ${xmlText(schedule)}</title>
<updated>${xmlText(updated)}</updated>
<author><name>Penumbra</name></author>
${told.map(({ alarm, night }) => entryOf(alarm, night)).join('\n')}
</feed>
`;
}

function entryOf({ key, title, sentence, interval, command, chart, severity }: Alarm, night: string): string {
  const range = interval === null ? '' : `\n${intervalText(interval)}`;
  const content = chart === null ? `<content type="text">${xmlText(`${sentence}${range}\nSee it: ${command}`)}</content>`
    : `<content type="html">${xmlText(`<p>${xmlText(sentence)}</p><p>${xmlText(range.trim())}</p><p><code>${xmlText(command)}</code></p><img alt="" src="data:image/svg+xml;base64,${Buffer.from(chart).toString('base64')}"/>`)}</content>`;
  return `<entry><id>urn:sha256:${key}</id><title>${xmlText(title)}</title><updated>${xmlText(night)}</updated><category term="${severity}"/>${content}</entry>`;
}
