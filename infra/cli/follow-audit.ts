import type { AuditRecord } from '../../activities/activities.ts';
import type { Session } from '../temporal/session.ts';
import { watchAudit } from '../temporal/watch-audit.ts';
import { typed } from './invocation.ts';
import type { Output } from './output.ts';
import { createProgressView } from './progress-view.ts';

/** Watches an audit to its end; Ctrl-C detaches and says how to come back. Null when detached. */
export async function followAudit(session: Session, id: string, output: Output): Promise<AuditRecord | null> {
  const detached = new AbortController();
  const detach = (): void => {
    output.warn(`detached; the audit goes on. Attach again: ${typed(`watch ${id}`)} · stop it: ${typed(`cancel ${id}`)}`);
    detached.abort();
  };
  process.once('SIGINT', detach);
  try {
    return await watchAudit(session, id, { onStatus: createProgressView(output), say: output.say, signal: detached.signal });
  } finally {
    process.removeListener('SIGINT', detach);
    await session.client.connection.close().catch(() => {});
  }
}
