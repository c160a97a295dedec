import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Alarm, LedgerEntry, StoredSchedule } from '../../../activities/nightly-types.ts';
import { atomFeed } from '../../../infra/alarms/atom-feed.ts';
import { junit } from '../../../infra/alarms/junit.ts';
import { postAlarm, signature, WebhookError } from '../../../infra/alarms/webhook.ts';
import { appendNight } from '../../../infra/schedule/ledger.ts';
import { storeSchedule } from '../../../infra/schedule/stored-schedule.ts';
import { tellNight } from '../../../infra/schedule/tell-night.ts';
import { WATCH_DEFAULTS } from '../../../models/nights/watch.ts';
import { MemoryStore } from '../../activities/memory-store.ts';

const alarm: Alarm = { cause: 'drift:data', severity: 'alarm', title: 'The data drifted', sentence: 'age <b>&\u0000 "moved"', interval: [0.0712345, 0.2], chart: '<svg xmlns="http://www.w3.org/2000/svg"/>', command: 'npm run -s penumbra -- compare a b', key: 'k'.repeat(64) };
const entry: LedgerEntry = {
  index: 3, night: '2026-11-22T02:30:00.000Z', version: 'v', audit: 'b', outcome: 'good', sentence: 's', comparisons: [{ with: 'last', audit: 'a', changes: 1, summary: 'one change' }], rows: { all: 9, added: 1, removed: 0 },
  watch: {}, slices: { known: [], online: { tests: 0, rejected: [], candidates: 0, candidatesSince: [] } }, seen: [], open: {}, alarms: [alarm], lastGood: 'b', baseline: 'a', baselineAudits: ['a'], goodNights: 3, lastWord: '2026-11-22T02:30:00.000Z', previous: null,
};

interface Got { readonly headers: IncomingMessage['headers']; readonly body: string }
let server: Server | null = null;
afterEach(() => { server?.close(); server = null; });

/** A server that answers with the statuses given, the last one for ever. */
async function webhook(...statuses: readonly number[]): Promise<{ readonly url: string; readonly got: Got[] }> {
  const got: Got[] = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(statuses[Math.min(got.length, statuses.length) - 1]!).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, got };
}

describe('webhook', () => {
  const context = { schedule: 'nightly', night: entry.night };

  it('signs time and body with the secret, and names the alarm by a key that stays', async () => {
    const { url, got } = await webhook(200);
    await postAlarm(alarm, context, { url, secret: 'hush', now: 1_700_000_000 });
    const [{ headers, body }] = got as [Got];
    expect(headers['penumbra-signature']).toBe(`t=1700000000,v1=${createHmac('sha256', 'hush').update(`1700000000.${body}`).digest('hex')}`);
    expect(headers['idempotency-key']).toBe(alarm.key);
    expect(JSON.parse(body)).toMatchObject({ id: alarm.key, schedule: 'nightly', cause: 'drift:data', sentence: alarm.sentence, interval: alarm.interval, command: alarm.command });
    expect(Buffer.from((JSON.parse(body) as { chart: { base64: string } }).chart.base64, 'base64').toString()).toBe(alarm.chart);
    expect(body).not.toContain('hush');
    // RFC 4231, test case 2, over the text that is signed.
    expect(createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
    expect(signature('b', 's', 1)).toBe(`t=1,v1=${createHmac('sha256', 's').update('1.b').digest('hex')}`);
  });

  it('is tried again where that helps, and not where it does not; a server that has it already is content', async () => {
    const options = { secret: null, now: 1 };
    await expect(postAlarm(alarm, context, { ...options, url: (await webhook(503)).url })).rejects.toMatchObject({ retryable: true });
    server?.close();
    await expect(postAlarm(alarm, context, { ...options, url: (await webhook(401)).url })).rejects.toMatchObject({ retryable: false, message: expect.stringContaining('401') });
    server?.close();
    await expect(postAlarm(alarm, context, { ...options, url: (await webhook(409)).url })).resolves.toBeUndefined();
    await expect(postAlarm(alarm, context, { ...options, url: 'http://127.0.0.1:9/' })).rejects.toBeInstanceOf(WebhookError);
  });

  it('posts each alarm of a night once, after failures too, and nothing on a quiet night', async () => {
    const { url, got } = await webhook(500, 200), store = new MemoryStore();
    const schedule: StoredSchedule = { name: 'nightly', config: {} as StoredSchedule['config'], location: '/d', embedded: true, out: null, watch: WATCH_DEFAULTS, minimumRows: 0.75, webhook: 'env' };
    const version = await storeSchedule(store, schedule), request = { schedule: 'nightly', version, code: 'c', night: entry.night, workflowId: 'w' }, environment = { PENUMBRA_WEBHOOK_URL: url, PENUMBRA_WEBHOOK_SECRET: 'hush' };
    await appendNight(store, 'nightly', entry.night, async () => ({ ...entry, alarms: [alarm, { ...alarm, cause: 'outcome:no-data', key: 'q'.repeat(64) }] }));
    await expect(tellNight(store, request, environment)).rejects.toMatchObject({ retryable: true });
    await tellNight(store, request, environment);
    await tellNight(store, request, environment);
    expect(got.map(({ headers }) => headers['idempotency-key'])).toEqual([alarm.key, alarm.key, 'q'.repeat(64)]);
    await appendNight(store, 'nightly', '2026-11-23T02:30:00.000Z', async () => ({ ...entry, alarms: [] }));
    await tellNight(store, { ...request, night: '2026-11-23T02:30:00.000Z' }, environment);
    expect(got).toHaveLength(3);
    // A night whose alarm could not be sent leaves it to the next one.
    await appendNight(store, 'nightly', '2026-11-24T02:30:00.000Z', async () => ({ ...entry, alarms: [{ ...alarm, key: 'z'.repeat(64) }] }));
    await appendNight(store, 'nightly', '2026-11-25T02:30:00.000Z', async () => ({ ...entry, alarms: [] }));
    await tellNight(store, { ...request, night: '2026-11-25T02:30:00.000Z' }, environment);
    expect(got.at(-1)!.headers['idempotency-key']).toBe('z'.repeat(64));
    expect(JSON.parse(got.at(-1)!.body)).toMatchObject({ night: '2026-11-24T02:30:00.000Z' });
    for (const bytes of store.objects.values()) expect(new TextDecoder().decode(bytes)).not.toContain('hush');
  });
});

describe('files', () => {
  it('junit.xml fails one case for each alarm and passes the rest', () => {
    const text = junit('nightly', entry);
    expect(text).toContain('<testsuite name="penumbra.nightly" tests="3" failures="1"');
    expect(text).toContain('message="age &lt;b&gt;&amp;\ufffd &quot;moved&quot;"');
    expect(text).toContain('<testcase classname="penumbra.nightly" name="compared with the last good night"/>');
    expect(text).not.toContain('\u0000');
    expect(junit('nightly', { ...entry, alarms: [] })).toContain('failures="0"');
    expect(junit('nightly', { ...entry, alarms: [{ ...alarm, severity: 'alive' }] })).toContain('failures="0"');
  });

  it('the feed tells what was told, newest first, and nothing of quiet nights', () => {
    const later = { ...entry, night: '2026-11-24T02:30:00.000Z', alarms: [{ ...alarm, key: 'z'.repeat(64), severity: 'alive' as const, chart: null }] }, quiet = { ...entry, night: '2026-11-23T02:30:00.000Z', alarms: [] };
    const text = atomFeed('nightly', [entry, quiet, later]);
    expect(text.match(/<entry>/g)).toHaveLength(2);
    expect(text.indexOf('zzz')).toBeLessThan(text.indexOf('kkk'));
    expect(text).toContain(`<updated>${later.night}</updated>`);
    expect(text).toContain('Interval: 0.0712 to 0.2');
    expect(text).toContain('<category term="alive"/>');
    expect(text).not.toContain('<b>');
    expect(atomFeed('nightly', [])).toContain('<feed');
  });
});
