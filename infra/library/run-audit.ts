import { resolve } from 'node:path';
import type { AuditRecord } from '../../activities/activities.ts';
import type { StageName } from '../../activities/types.ts';
import { loadConfig, type LoadedConfig } from '../config/load-config.ts';
import { ensureSample } from '../setup/samples.ts';
import { openSession, type Session } from '../temporal/session.ts';
import { startAudit } from '../temporal/start-audit.ts';
import { watchAudit } from '../temporal/watch-audit.ts';
import { AuditError } from './audit-error.ts';
import type { AuditProgress, AuditResult } from './audit-result.ts';
import type { AuditSpecification } from './audit-specification.ts';
import { readResult } from './read-result.ts';

export interface RunAuditOptions {
  /** Folder for the result's files; `penumbra-out/<name>` in the folder by default. */
  readonly out?: string;
  /** What relative paths and the default store are relative to; the current folder by default. */
  readonly folder?: string;
  /** Compute these stages and what they need alone; the report is written from them in any case. */
  readonly only?: readonly StageName[];
  /** Variables that may set configuration keys (`PENUMBRA_…`, `TEMPORAL_ADDRESS`), over the specification; `process.env` by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Called about three times a second while the audit runs. */
  readonly onProgress?: (progress: AuditProgress) => void;
  /** What the command line would say on standard error: downloads, a service that went away. */
  readonly onMessage?: (line: string) => void;
  /** Cancels the audit; the promise is then rejected with the signal's reason. What is computed stays, and the next run goes on from there. */
  readonly signal?: AbortSignal;
}

function load(audit: AuditSpecification | string, { folder = process.cwd(), environment = process.env }: RunAuditOptions): Promise<LoadedConfig> {
  const source = typeof audit === 'string' ? { file: audit } : { file: null, values: audit as unknown as Readonly<Record<string, unknown>> };
  return loadConfig({ ...source, settings: [], seed: null, backend: null, environment, folder });
}

/** Follows an audit to its end, and ends it when the caller aborts or the caller's own callback throws. */
async function follow(session: Session, id: string, options: RunAuditOptions): Promise<AuditRecord | null> {
  const stop = new AbortController();
  const cancel = (): void => void session.client.workflow.getHandle(id).cancel().catch((error: unknown) => options.onMessage?.(`cannot cancel ${id}: ${String(error)}`));
  const abort = (): void => stop.abort(options.signal?.reason);
  stop.signal.addEventListener('abort', cancel, { once: true });
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted === true) abort();
  const onStatus = (status: AuditProgress): void => {
    try {
      if (!stop.signal.aborted) options.onProgress?.(status);
    } catch (error) {
      stop.abort(error);
    }
  };
  try {
    const record = await watchAudit(session, id, { onStatus, say: options.onMessage ?? (() => {}), signal: new AbortController().signal });
    stop.signal.throwIfAborted();
    return record;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

function refuseFailure(record: AuditRecord | null, id: string): asserts record is AuditRecord {
  if (record === null) throw new AuditError(`the store has no record of the audit ${id}`, { kind: 'infrastructure', id, stage: null });
  const { state, failure } = record;
  if (state === 'cancelled') throw new AuditError(`the audit ${id} was cancelled`, { kind: 'cancelled', id, stage: null });
  if (state === 'completed' && failure === null) return;
  throw new AuditError(failure?.message ?? `the Temporal service ended the audit ${id}`, { kind: failure?.kind ?? 'infrastructure', id, stage: failure?.stage ?? null });
}

async function begin(session: Session, { audit, location }: LoadedConfig, options: RunAuditOptions): Promise<string> {
  const data = location.startsWith('sample:') ? await ensureSample(location.slice('sample:'.length), { say: options.onMessage ?? (() => {}) }) : location;
  const only = options.only === undefined ? null : [...new Set<StageName>([...options.only, 'report'])];
  return startAudit(session, { config: audit, location: data, out: resolve(options.folder ?? '', options.out ?? `penumbra-out/${audit.name}`), only });
}

/**
 * One audit from start to end, as `penumbra run` makes it: on the Temporal service and store that are configured, or on this machine's
 * background host, which is started when none answers and ends by itself. The work is done in other processes.
 * @param audit what `audit.yaml` says as an object, or the path of one, or of a data file
 * @throws ConfigError before anything starts when the configuration cannot be used, AuditError when the audit fails, ConnectError or
 *   SetupError when there is no service to run it, the signal's reason when it was aborted
 */
export async function runAudit(audit: AuditSpecification | string, options: RunAuditOptions = {}): Promise<AuditResult> {
  options.signal?.throwIfAborted();
  const loaded = await load(audit, options);
  const session = await openSession(loaded, options.onMessage ?? (() => {}));
  try {
    const id = await begin(session, loaded, options);
    const record = await follow(session, id, options);
    refuseFailure(record, id);
    const out = String(record.provenance['out']), { files, documents } = await readResult(out);
    return { id, name: record.name, verdict: documents.report.verdict, out, files, documents, stages: record.stages, seconds: record.seconds };
  } finally {
    await session.client.connection.close().catch(() => {});
  }
}
