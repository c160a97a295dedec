import { randomBytes } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { AuditConfig } from '../../activities/audit-config.ts';
import type { StageName } from '../../activities/types.ts';
import { stageClosure } from '../../workflows/stage-needs.ts';
import type { AuditInput } from '../../workflows/types.ts';
import { codeVersion } from '../setup/code-version.ts';
import { resolveBackend } from '../setup/resolve-backend.ts';
import { writeRecord } from '../results/records.ts';
import { markStore } from '../store/store-format.ts';
import { ensureHost, keepHost } from './ensure-host.ts';
import { DEFAULT_QUEUES } from './queues.ts';
import type { Session } from './session.ts';

export interface AuditRequest {
  readonly config: AuditConfig;
  readonly location: string;
  readonly out: string;
  readonly only: readonly StageName[] | null;
}

/** `20261122-185044-adult-income-3f2a`: in order of time, readable, unique. */
function newId(name: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-');
  const safe = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 40);
  return `${stamp}-${safe}-${randomBytes(2).toString('hex')}`;
}

/** A host on this machine answers sooner, or has gone. */
const ASK_MS = 5_000;

/** A host may let go between being found and being asked: then another is started and asked once more, under the same id. */
async function askHost({ client, embedded, place }: Session, start: (client: Client) => Promise<unknown>): Promise<void> {
  try {
    await (embedded ? client.withDeadline(Date.now() + ASK_MS, () => start(client)) : start(client));
  } catch (error) {
    if (!embedded) throw error;
    const other = (await ensureHost(place.store, () => {})).client;
    await start(other).catch((again: unknown) => { if (!(again instanceof WorkflowExecutionAlreadyStartedError)) throw again; }).finally(() => other.connection.close());
  }
}

/** Begins an audit; its record says so in the store before the service is told, so that it cannot be lost sight of. */
export async function startAudit(session: Session, request: AuditRequest): Promise<string> {
  const { config, out } = request;
  const now = new Date(), id = newId(config.name, now);
  const input: AuditInput = {
    id, config: { ...config, backend: resolveBackend(config.backend, session.embedded, config.model.device) }, location: request.location, only: request.only,
    out: session.embedded ? out : null, queues: DEFAULT_QUEUES, code: codeVersion(), searchAttributes: session.embedded,
    provenance: {
      started: now.toISOString(), data: request.location, out, workflowId: id, code: codeVersion(), node: process.version,
      machine: hostname(), platform: `${process.platform} ${process.arch}`, cores: availableParallelism(),
    },
  };
  await markStore(session.store);
  await writeRecord(session.store, {
    id, name: config.name, state: 'running', out, report: null, verdict: null, failure: null, seconds: 0, provenance: input.provenance,
    stages: stageClosure(request.only).map((name) => ({ name, state: 'waiting', seconds: null })),
  });
  await askHost(session, (client) => client.workflow.start('auditWorkflow', {
    workflowId: id, taskQueue: DEFAULT_QUEUES.workflow, args: [input], memo: { name: config.name, out }, staticSummary: `audit of ${config.name}`,
  }));
  if (session.embedded) await keepHost(session.place.store);
  return id;
}
