import { writeFile } from 'node:fs/promises';
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { AuditConfig } from '../../activities/audit-config.ts';
import { startDevServer } from '../../infra/temporal/dev-server.ts';
import { workflowBundlePath } from '../../infra/temporal/workflow-bundle.ts';
import { auditConfig, fakeResult, startFixture, type FakeStage } from './audit-fixture.ts';
import { startNights } from './nightly-fixture.ts';

/**
 * Records the histories that replay.test.ts replays: `node test/workflows/record-histories.ts [CASE…]`. Needed anew only when a workflow is
 * changed on purpose: the old ones stay, since audits begun before the change must still replay.
 */
const VERSION = 3;
const server = await startDevServer();
const service = { address: server.address, bundle: await workflowBundlePath() };

interface Case {
  readonly stage: FakeStage;
  readonly config?: AuditConfig;
  readonly early?: boolean;
  readonly cancelAfterMs?: number;
  /** Of which child workflows the histories are kept, too. */
  readonly children?: readonly string[];
}

const CASES: Readonly<Record<string, Case>> = {
  completed: { stage: async (call) => fakeResult(call), children: ['seed-0'] },
  betas: { stage: async (call) => fakeResult(call), config: auditConfig({ model: { seeds: 2, beta: [1, 4] } }), children: ['beta-4-seed-0'] },
  divided: {
    early: true, children: ['seed-0'],
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

const wanted = process.argv.slice(2), isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
for (const [name, { stage, config, early = false, cancelAfterMs, children = [] }] of Object.entries(CASES).filter(([each]) => isWanted(each))) {
  const fixture = await startFixture(service, stage, { early });
  const handle = await fixture.start(fixture.input({ id: `recorded-${name}`, ...(config === undefined ? {} : { config }) }));
  if (cancelAfterMs !== undefined) setTimeout(() => void handle.cancel(), cancelAfterMs);
  await handle.result().catch(() => {});
  for (const id of [handle.workflowId, ...children.map((child) => `${handle.workflowId}-${child}`)]) await record(fixture.client, id);
  await fixture.stop();
}
if (isWanted('night')) {
  const nights = await startNights(service);
  await nights.client.workflow.execute('nightlyAuditWorkflow', { workflowId: 'recorded-night', taskQueue: nights.queue, args: [{ schedule: 's', version: 'v', code: 'c' }] });
  await record(nights.client, 'recorded-night');
  await nights.stop();
}
await server.stop();
