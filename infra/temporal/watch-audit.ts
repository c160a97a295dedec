import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { AuditRecord } from '../../activities/activities.ts';
import { publishReport } from '../results/publish.ts';
import { readRecord } from '../results/records.ts';
import { auditStatus, type AuditStatus } from './audit-status.ts';
import { openSession, type Session } from './session.ts';

const POLL_MS = 300;
const PATIENCE_MS = 5 * 60_000;

export interface WatchOptions {
  readonly onStatus: (status: AuditStatus) => void;
  readonly say: (line: string) => void;
  /** Aborted when whoever watches detaches. */
  readonly signal: AbortSignal;
}

/** A service that went away is sought again (a host is started again); an audit under way goes on where it was. */
async function reopen(session: Session, say: (line: string) => void): Promise<Session> {
  await session.client.connection.close().catch(() => {});
  say('the Temporal service went away; connecting again');
  return openSession(session.place, say);
}

/**
 * Follows an audit to its end.
 * @returns its record, or null when the watcher detached first.
 */
export async function watchAudit(session: Session, id: string, options: WatchOptions): Promise<AuditRecord | null> {
  let current = session, lostSince: number | null = null;
  while (!options.signal.aborted) {
    try {
      const status = await auditStatus(current.client, id);
      lostSince = null;
      if (status !== null) options.onStatus(status);
      if (status === null || !['queued', 'running'].includes(status.state)) return await settle(current, id);
    } catch (error) {
      lostSince ??= performance.now();
      if (performance.now() - lostSince > PATIENCE_MS) throw error;
      current = await reopen(current, options.say).catch(() => current);
    }
    await sleep(POLL_MS, undefined, { signal: options.signal }).catch(() => {});
  }
  return null;
}

/** Why an audit ended that could not even write its last record, as far as the service tells. */
async function lastFailure({ client }: Session, id: string): Promise<AuditRecord['failure']> {
  let cause: unknown = await client.workflow.getHandle(id).result().catch((error: unknown) => error);
  // Below Temporal's wrappers: what the activity itself said.
  while (cause instanceof Error && !(cause instanceof ApplicationFailure) && cause.cause !== undefined) ({ cause } = cause);
  return cause instanceof Error && !(cause instanceof WorkflowNotFoundError) ? { kind: 'infrastructure', stage: null, message: cause.message } : null;
}

/** The final record; where no host of this machine wrote the files, they are written here. */
async function settle(session: Session, id: string): Promise<AuditRecord | null> {
  const kept = await readRecord(session.store, id);
  // An audit that the service ended by itself (terminated, timed out) wrote no last record.
  const record: AuditRecord | null = kept?.state === 'running' ? { ...kept, state: 'failed', failure: await lastFailure(session, id) } : kept;
  const out = record?.provenance['out'];
  if (record !== null && record.out === null && typeof out === 'string') await publishReport(session.store, record, out);
  return record;
}
