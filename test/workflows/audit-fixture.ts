import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { Context } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { AuditActivities, AuditRecord } from '../../activities/activities.ts';
import type { AuditConfig } from '../../activities/audit-config.ts';
import { STAGES, type StageAnswer, type StageInput, type StageName, type StageResult } from '../../activities/types.ts';
import { fileSchema } from '../../infra/config/schema.ts';
import type { AuditInput } from '../../workflows/types.ts';

export interface Service {
  readonly address: string;
  readonly bundle: string;
}

export interface Call {
  readonly stage: StageName;
  readonly input: StageInput;
  readonly queue: string;
  readonly priority: number | undefined;
}

export interface WorkflowFixture {
  readonly client: Client;
  readonly calls: Call[];
  readonly records: AuditRecord[];
  input(overrides?: Partial<AuditInput>): AuditInput;
  start(input: AuditInput): ReturnType<Client['workflow']['start']>;
  stop(): Promise<void>;
}

export type FakeStage = (call: Call) => Promise<StageAnswer>;

/** A result as a stage gives it: references only. */
export function fakeResult({ stage, input }: Pick<Call, 'stage' | 'input'>, cached = false): StageResult {
  const sha256 = `${stage}-${input.seed}`.padEnd(64, '0');
  return { manifest: { key: `stages/${stage}/${sha256}.json`, sha256, bytes: 1 }, cached, seconds: 0.5 };
}

export function auditConfig(overrides: Record<string, unknown> = {}): AuditConfig {
  const config = fileSchema.parse({ data: { path: 'people.csv', label: 'y', protected: ['sex'] }, model: { seeds: 3 }, ...overrides });
  return { ...config, name: 'people', backend: 'wasm' } as unknown as AuditConfig;
}

export interface FixtureOptions {
  /** Whether the fake is asked for tasks whose stage has not all its inputs yet. */
  readonly early?: boolean;
  /** Stages at once, on each queue. */
  readonly slots?: number;
  /** Called before the record is taken; may throw. */
  readonly onFinish?: (record: AuditRecord) => void;
}

let installed = false;

/** Workers of the real workflows with made-up stages, on task queues of their own, against the real server. */
export async function startFixture({ address, bundle }: Service, stage: FakeStage = async (call) => fakeResult(call), { early = false, slots = 100, onFinish = () => {} }: FixtureOptions = {}): Promise<WorkflowFixture> {
  if (!installed) Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  installed = true;
  const queue = `test-${randomUUID()}`;
  const queues = { workflow: queue, cpu: `${queue}-cpu`, gpu: `${queue}-gpu` };
  const calls: Call[] = [], records: AuditRecord[] = [];
  const connection = await NativeConnection.connect({ address });
  const stages = Object.fromEntries(STAGES.map((name) => [name, (input: StageInput) => {
    const { taskQueue, priority } = Context.current().info, call = { stage: name, input, queue: taskQueue, priority: priority?.priorityKey };
    // A fake that knows of no tasks has none to name early.
    if (input.share?.step === 'divide' && input.share.early === true && !early) return Promise.resolve({ tasks: [], seconds: 0 });
    calls.push(call);
    return stage(call);
  }])) as unknown as AuditActivities;
  const finish: AuditActivities['finish'] = async (record) => { onFinish(record); records.push(record); return { verdict: record.report === null ? null : 'pass' }; };
  const workers = [
    await Worker.create({ connection, taskQueue: queues.workflow, workflowBundle: { codePath: bundle }, activities: { finish } }),
    ...await Promise.all([queues.cpu, queues.gpu].map((taskQueue) =>
      Worker.create({ connection, taskQueue, activities: { ...stages }, maxConcurrentActivityTaskExecutions: slots, maxHeartbeatThrottleInterval: '100ms', defaultHeartbeatThrottleInterval: '100ms' }))),
  ];
  const done = Promise.all(workers.map((worker) => worker.run()));
  const client = new Client({ connection: await Connection.connect({ address }) });
  return {
    client, calls, records,
    input: (overrides = {}) => ({
      id: `audit-${randomUUID()}`, config: auditConfig(), location: '/data/people.csv', only: null, out: null, queues, code: 'test', searchAttributes: false, provenance: {},
      ...overrides,
    }),
    start: (input) => client.workflow.start('auditWorkflow', { workflowId: input.id, taskQueue: queues.workflow, args: [input] }),
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await done;
      await Promise.all([connection.close(), client.connection.close()]);
    },
  };
}
