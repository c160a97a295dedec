import { writeFile } from 'node:fs/promises';
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { startDevServer } from '../../infra/temporal/dev-server.ts';
import { workflowBundlePath } from '../../infra/temporal/workflow-bundle.ts';
import { fakeResult, startFixture, type FakeStage } from './audit-fixture.ts';
import { startNights } from './nightly-fixture.ts';

/**
 * Records the histories that replay.test.ts replays: `node test/workflows/record-histories.ts`. Needed anew only when a workflow is
 * changed on purpose: the old ones stay, since audits begun before the change must still replay.
 */
const VERSION = 3;
const server = await startDevServer();
const service = { address: server.address, bundle: await workflowBundlePath() };

const CASES: Readonly<Record<string, { readonly stage: FakeStage; readonly early?: boolean; readonly cancelAfterMs?: number }>> = {
  completed: { stage: async (call) => fakeResult(call) },
  divided: {
    early: true,
    stage: async (call) => {
      const { stage, input: { share } } = call;
      if (share?.step === 'divide' && (stage === 'encode' || stage === 'latents' || stage === 'outliers')) return { tasks: [0, 1, 2], seconds: 0.5 };
      return fakeResult(call);
    },
  },
  failed: { stage: async (call) => { if (call.stage === 'fairness') throw ApplicationFailure.nonRetryable('one group', 'DataError'); return fakeResult(call); } },
  cancelled: {
    cancelAfterMs: 3_000,
    stage: async (call) => {
      if (call.stage !== 'train') return fakeResult(call);
      const pulse = setInterval(() => Context.current().heartbeat(), 100);
      await Context.current().cancelled.finally(() => clearInterval(pulse));
      throw new CancelledFailure('cancelled');
    },
  },
};

async function record(client: Client, id: string): Promise<void> {
  const history = await client.workflow.getHandle(id).fetchHistory();
  // Identities, sticky queues and stacks name the machine that recorded.
  const json = JSON.stringify(JSON.parse(historyToJSON(history)), (key, value: unknown) => (key === 'identity' || (typeof value === 'string' && /^\d+@/.test(value)) ? 'recorder' : key === 'stackTrace' ? '' : value));
  await writeFile(new URL(`./histories/v${VERSION}-${id.replace('recorded-', '')}.json`, import.meta.url), `${json}\n`);
}

for (const [name, { stage, early = false, cancelAfterMs }] of Object.entries(CASES)) {
  const fixture = await startFixture(service, stage, { early });
  const handle = await fixture.start(fixture.input({ id: `recorded-${name}` }));
  if (cancelAfterMs !== undefined) setTimeout(() => void handle.cancel(), cancelAfterMs);
  await handle.result().catch(() => {});
  for (const id of name === 'completed' || name === 'divided' ? [handle.workflowId, `${handle.workflowId}-seed-0`] : [handle.workflowId]) await record(fixture.client, id);
  await fixture.stop();
}
const nights = await startNights(service);
await nights.client.workflow.execute('nightlyAuditWorkflow', { workflowId: 'recorded-night', taskQueue: nights.queue, args: [{ schedule: 's', version: 'v', code: 'c' }] });
await record(nights.client, 'recorded-night');
await nights.stop();
await server.stop();
