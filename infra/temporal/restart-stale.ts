import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { AuditInput } from '../../workflows/types.ts';

const OPEN = "WorkflowType = 'auditWorkflow' AND ExecutionStatus = 'Running'";
const REASON = 'begun by another version of Penumbra: begun again by this one, which finds what is done in the store';

/** What an audit was begun with, from the first event of its history. */
async function inputOf(client: Client, id: string): Promise<AuditInput | null> {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  let payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  for (const codec of client.options.loadedDataConverter.payloadCodecs) payloads = await codec.decode(payloads);
  return payloads[0] === undefined ? null : defaultPayloadConverter.fromPayload<AuditInput>(payloads[0]);
}

async function endChildren(client: Client, id: string): Promise<void> {
  for await (const { workflowId } of client.workflow.list({ query: `ParentWorkflowId = '${id}' AND ExecutionStatus = 'Running'` })) {
    await client.workflow.getHandle(workflowId).terminate(REASON).catch(() => {});
  }
}

/**
 * Audits under way that other sources began are begun again under the same id: their histories need not fit these workflows, and
 * every stage that is done is found in the store. For a host that is the only worker of its server; an installation pins versions.
 * @returns their ids.
 */
export async function restartStale(client: Client, code: string): Promise<readonly string[]> {
  const restarted: string[] = [];
  for await (const { workflowId, taskQueue, memo } of client.workflow.list({ query: OPEN })) {
    const input = await inputOf(client, workflowId);
    if (input === null || input.code === code) continue;
    await client.workflow.getHandle(workflowId).terminate(REASON);
    await endChildren(client, workflowId);
    await client.workflow.start('auditWorkflow', {
      workflowId, taskQueue, args: [{ ...input, code }], workflowIdReusePolicy: 'ALLOW_DUPLICATE', ...(memo === undefined ? {} : { memo }),
    });
    restarted.push(workflowId);
  }
  return restarted;
}
