import type { NightRequest } from '../../activities/nightly-types.ts';
import { postAlarm, WebhookError } from '../alarms/webhook.ts';
import type { Store } from '../store/store.ts';
import { entryOfNight, newestEntries } from './ledger.ts';
import { writeTold } from './night-files.ts';
import { readSchedule, scheduleFolder } from './stored-schedule.ts';

/** Nights whose alarms are still posted when the webhook's server was away all the while. */
const LATE_NIGHTS = 7;

/** The address and secret of the environment; the address may stand in the schedule, the secret never. */
function webhookOf(webhook: string | null, environment: NodeJS.ProcessEnv): { readonly url: string | null; readonly secret: string | null } {
  return { url: webhook === 'env' ? environment['PENUMBRA_WEBHOOK_URL'] ?? null : webhook, secret: environment['PENUMBRA_WEBHOOK_SECRET'] ?? null };
}

/**
 * Tells what a night has to tell: feed, junit.xml, the alarms' charts, and the webhook, each alarm once, those of the last nights too where its
 * server was away. A quiet night posts nothing.
 * @throws WebhookError when the webhook's server cannot be reached: it is tried again
 */
export async function tellNight(store: Store, request: NightRequest, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const schedule = await readSchedule(store, request.schedule, request.version), entry = await entryOfNight(store, request.schedule, request.night);
  if (entry === null) throw new Error(`night ${request.night} of schedule ${request.schedule} has no entry in the ledger`);
  if (schedule.out !== null && schedule.embedded) await writeTold(store, schedule.name, entry, schedule.out);
  const { url, secret } = webhookOf(schedule.webhook, environment);
  if (url === null) return;
  const unsent = (await newestEntries(store, schedule.name, LATE_NIGHTS)).flatMap(({ night, alarms }) => alarms.map((alarm) => ({ alarm, night })));
  for (const { alarm, night } of unsent) {
    const sent = `${scheduleFolder(schedule.name)}sent/${alarm.key}`;
    if (await store.stat(sent) !== null || await store.stat(`${sent}.refused`) !== null) continue;
    try {
      await postAlarm(alarm, { schedule: schedule.name, night }, { url, secret, now: Math.floor(Date.now() / 1000) });
    } catch (error) {
      if (!(error instanceof WebhookError) || error.retryable) throw error;
      await store.putIfAbsent(`${sent}.refused`, new TextEncoder().encode(error.message));
      continue;
    }
    await store.putIfAbsent(sent, new Uint8Array([1]));
  }
}
