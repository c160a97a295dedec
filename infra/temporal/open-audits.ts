import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { OpenAudit } from '../results/collect-garbage.ts';
import { listRecords } from '../results/records.ts';
import type { Store } from '../store/store.ts';

async function isRunning(client: Client, id: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(id).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/**
 * Audits that the store's records call open, less those that the service knows to have ended. Without a service (its host sleeps)
 * each of them may go on when one comes up.
 */
export async function openAudits(store: Store, client: Client | null): Promise<readonly OpenAudit[]> {
  const open: OpenAudit[] = [];
  for (const { id, state, provenance } of await listRecords(store)) {
    if (state !== 'running' && state !== 'queued') continue;
    if (client !== null && !await isRunning(client, id)) continue;
    const begun = Date.parse(String(provenance['started']));
    open.push({ id, begun: Number.isNaN(begun) ? 0 : begun });
  }
  return open;
}
