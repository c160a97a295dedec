import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '@temporalio/client';
import { connectClient } from '../../infra/temporal/connect.ts';
import { startDevServer, type DevServer } from '../../infra/temporal/dev-server.ts';
import { restartStale } from '../../infra/temporal/restart-stale.ts';

let server: DevServer, client: Client;
beforeAll(async () => {
  server = await startDevServer();
  client = await connectClient(server.address, 'default');
}, 60_000);
afterAll(async () => {
  await client.connection.close();
  await server.stop();
});

const begin = async (id: string, code: string): Promise<string> =>
  (await client.workflow.start('auditWorkflow', { workflowId: id, taskQueue: 'nobody', args: [{ id, code, config: { name: 'people' } }], memo: { name: 'people', out: '/out' } })).firstExecutionRunId;

describe('audits that other sources began', () => {
  it('are begun again under their ids with the same input; others are left alone', async () => {
    const old = await begin('old', '0.1.0+sha256:old'), own = await begin('own', '0.1.0+sha256:own');
    for (let tries = 0; tries < 100 && (await client.workflow.count("ExecutionStatus = 'Running'")).count < 2; tries++) await new Promise((resolve) => { setTimeout(resolve, 50); });
    expect(await restartStale(client, '0.1.0+sha256:own')).toEqual(['old']);
    const again = await client.workflow.getHandle('old').describe();
    expect(again.status.name).toBe('RUNNING');
    expect(again.runId).not.toBe(old);
    expect(again.memo).toEqual({ name: 'people', out: '/out' });
    expect((await client.workflow.getHandle('old', old).describe()).status.name).toBe('TERMINATED');
    const { events } = await client.workflow.getHandle('old').fetchHistory();
    expect(Buffer.from(events![0]!.workflowExecutionStartedEventAttributes!.input!.payloads![0]!.data!).toString()).toContain('"code":"0.1.0+sha256:own","config":{"name":"people"}');
    expect((await client.workflow.getHandle('own').describe()).runId).toBe(own);
  });
});
