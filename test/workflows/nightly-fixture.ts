import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { AuditRecord } from '../../activities/activities.ts';
import type { NightEnd, NightlyActivities, NightPlan, NightRequest } from '../../activities/nightly-types.ts';
import { STAGES, type Json, type StageInput } from '../../activities/types.ts';
import { auditConfig, fakeResult, type Service } from './audit-fixture.ts';

export interface NightFixture {
  readonly client: Client;
  readonly queue: string;
  readonly prepared: NightRequest[];
  readonly ended: NightEnd[];
  readonly told: string[];
  stop(): Promise<void>;
}

export interface NightFaults {
  readonly plan?: Partial<NightPlan>;
  /** Attempts of the judgement that fail. */
  readonly fails?: number;
  readonly refuse?: ApplicationFailure;
}

/** Workers of the real workflows with made-up stages and nights. */
export async function startNights({ address, bundle }: Service, { plan, fails = 0, refuse }: NightFaults = {}): Promise<NightFixture> {
  const queue = `night-${randomUUID()}`, connection = await NativeConnection.connect({ address });
  const prepared: NightRequest[] = [], ended: NightEnd[] = [], told: string[] = [];
  let failed = 0;
  const stages = Object.fromEntries(STAGES.map((stage) => [stage, async (input: StageInput) => { if (refuse !== undefined && stage === 'ingest') throw refuse; return fakeResult({ stage, input }); }]));
  const nights: NightlyActivities = {
    prepareNight: async (request) => {
      prepared.push(request);
      const id = `audit-${request.workflowId}`, audit = { id, config: auditConfig(), location: '/d', only: null, out: null, queues: { workflow: queue, cpu: queue, gpu: queue }, code: 'test', searchAttributes: false, provenance: {} };
      return { audit: JSON.parse(JSON.stringify(audit)) as Json, auditId: id, outcome: null, sentence: null, ...plan };
    },
    judgeNight: async (end) => {
      ended.push(end);
      if (failed++ < fails) throw new Error('the store is away');
      return { night: end.night, audit: end.plan.auditId, outcome: end.failure === null ? end.plan.outcome ?? 'good' : 'bad-data', sentence: end.failure?.message ?? '', alarms: 0 };
    },
    tellNight: async ({ night }) => { told.push(night); },
  };
  const finish = async (record: AuditRecord) => ({ verdict: record.report === null ? null : 'pass' as const });
  const worker = await Worker.create({ connection, taskQueue: queue, workflowBundle: { codePath: bundle }, activities: { ...stages, ...nights, finish } }), done = worker.run();
  const client = new Client({ connection: await Connection.connect({ address }) });
  return { client, queue, prepared, ended, told, stop: async () => { worker.shutdown(); await done; await Promise.all([connection.close(), client.connection.close()]); } };
}
