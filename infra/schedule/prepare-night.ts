import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import { sha256 } from '../../activities/artifacts.ts';
import type { NightPlan, NightRequest } from '../../activities/nightly-types.ts';
import type { Json } from '../../activities/types.ts';
import { stageClosure } from '../../workflows/stage-needs.ts';
import type { AuditInput } from '../../workflows/types.ts';
import { pathsOf } from '../readers/find-sources.ts';
import { readS3Address } from '../readers/s3-address.ts';
import { writeRecord } from '../results/records.ts';
import { codeVersion } from '../setup/code-version.ts';
import { resolveBackend } from '../setup/resolve-backend.ts';
import type { Store } from '../store/store.ts';
import { DEFAULT_QUEUES } from '../temporal/queues.ts';
import { entryOfNight, nightStamp } from './ledger.ts';
import { readSchedule } from './stored-schedule.ts';

/** Why there is nothing to audit tonight; null when there is. */
async function missingData(location: string): Promise<string | null> {
  if (readS3Address(location) !== null) return null;
  const paths = await pathsOf(location), sizes = await Promise.all(paths.map((path) => stat(path).then(({ size }) => size, () => null)));
  if (paths.length === 0 || sizes.includes(null)) return `no data: ${location} is not there`;
  return sizes.every((size) => size === 0) ? `no data: ${location} is empty` : null;
}

/** The audit of a night, under an id that is the same however often this is tried. @throws DataError `no-schedule`. */
export async function prepareNight(store: Store, request: NightRequest): Promise<NightPlan> {
  const schedule = await readSchedule(store, request.schedule, request.version);
  if (await entryOfNight(store, request.schedule, request.night) !== null) return { audit: null, auditId: null, outcome: 'nothing-new', sentence: 'this night is in the ledger already' };
  const missing = await missingData(schedule.location);
  if (missing !== null) return { audit: null, auditId: null, outcome: 'no-data', sentence: missing };
  const stamp = nightStamp(request.night), { config } = schedule;
  const id = `${stamp.replace('T', '-').replace('Z', '')}-${config.name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 40)}-${sha256(request.workflowId).slice(0, 6)}`;
  const out = schedule.out === null ? null : join(schedule.out, stamp);
  const provenance = {
    started: new Date().toISOString(), data: schedule.location, out, workflowId: id, code: codeVersion(), node: process.version, machine: hostname(), platform: `${process.platform} ${process.arch}`, cores: availableParallelism(),
    schedule: { name: schedule.name, version: request.version, night: request.night },
  };
  const audit: AuditInput = { id, config: { ...config, backend: resolveBackend(config.backend, schedule.embedded, config.model.device) }, location: schedule.location, only: null, out: schedule.embedded ? out : null, queues: DEFAULT_QUEUES, code: codeVersion(), searchAttributes: schedule.embedded, provenance };
  await writeRecord(store, { id, name: config.name, state: 'running', out, report: null, verdict: null, failure: null, seconds: 0, provenance, stages: stageClosure(null).map((name) => ({ name, state: 'waiting', seconds: null })) });
  return { audit: JSON.parse(JSON.stringify(audit)) as Json, auditId: id, outcome: null, sentence: null };
}
