import { createHmac } from 'node:crypto';
import type { Alarm } from '../../activities/nightly-types.ts';

export interface WebhookOptions {
  readonly url: string;
  /** Of the environment alone; null: the message is not signed. */
  readonly secret: string | null;
  /** Seconds since 1970, part of what is signed, so that an old message cannot be sent again later. */
  readonly now: number;
  readonly timeoutMs?: number;
}

/** It did not take the message; whoever sends tries again, unless the answer says that this is no use. */
export class WebhookError extends Error {
  readonly retryable: boolean;
  constructor(message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WebhookError';
    this.retryable = retryable;
  }
}

/** `t=SECONDS,v1=HEX`: HMAC-SHA256 of `SECONDS.BODY`. */
export function signature(body: string, secret: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

const TIMEOUT_MS = 20_000;

/**
 * Posts one alarm as JSON. Every try of the same alarm has the same Idempotency-Key and body; a server that answers 409 has it already.
 * @throws WebhookError
 */
export async function postAlarm(alarm: Alarm, context: { readonly schedule: string; readonly night: string }, { url, secret, now, timeoutMs = TIMEOUT_MS }: WebhookOptions): Promise<void> {
  const { key, chart, ...said } = alarm, body = JSON.stringify({ id: key, schedule: context.schedule, night: context.night, ...said, chart: chart === null ? null : { type: 'image/svg+xml', base64: Buffer.from(chart).toString('base64') } });
  let response: Response;
  try {
    response = await fetch(url, { method: 'POST', body, redirect: 'error', signal: AbortSignal.timeout(timeoutMs),
      headers: { 'content-type': 'application/json', 'user-agent': 'penumbra', 'idempotency-key': key, ...(secret === null ? {} : { 'penumbra-signature': signature(body, secret, now) }) } });
  } catch (error) {
    throw new WebhookError(`the webhook's server does not answer: ${((error as Error).cause as Error | undefined)?.message ?? (error as Error).message}`, true, { cause: error });
  }
  await response.body?.cancel();
  if (response.ok || response.status === 409) return;
  const retryable = response.status >= 500 || response.status === 408 || response.status === 429;
  throw new WebhookError(`the webhook's server answered ${response.status}${retryable ? '' : ': the message is not sent again; check the address and the secret'}`, retryable);
}
