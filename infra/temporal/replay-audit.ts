import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditConfig } from '../../activities/audit-config.ts';
import { DataError } from '../../activities/data-error.ts';
import { STAGES, type StageName } from '../../activities/types.ts';
import { codeVersion } from '../setup/code-version.ts';
import { findHost } from './ensure-host.ts';
import { isRunning } from './is-running.ts';
import { openSession, type Place } from './session.ts';
import { startAudit } from './start-audit.ts';
import { watchAudit, type WatchOptions } from './watch-audit.ts';

/** What `manifest.json` of a result says. */
interface ResultManifest {
  readonly files: Readonly<Record<string, string>>;
  readonly inputs: { readonly data: { readonly sha256: string | null }; readonly stages: Partial<Readonly<Record<StageName, readonly string[]>>> };
  readonly config: AuditConfig;
  readonly code: string;
  readonly backend: string;
  readonly seed: number;
}

export interface Replay {
  readonly same: boolean;
  /** The data is another than the result was made from. */
  readonly otherData: boolean;
  /** The result was made by other sources than these. */
  readonly otherCode: string | null;
  /** In the order of the stages; null when the stages agree and only their files differ. */
  readonly firstStage: StageName | null;
  readonly firstFile: string | null;
  readonly files: readonly { readonly file: string; readonly expected: string | null; readonly found: string | null }[];
}

export interface ReplayOptions extends WatchOptions {
  /** Where the data lies now, when it was moved. */
  readonly data: string | null;
}

/** The files that stages write into a result, in the order of the stages; all others are the report's. */
const MADE_BY: Partial<Readonly<Record<StageName, readonly string[]>>> = {
  ingest: ['profile.json'], train: ['training.csv', 'beta.csv'], latents: ['latents.arrow'], density: ['density.json'], fairness: ['fairness.json'],
  debias: ['debias.json', 'mitigation.json', 'weights.csv', 'resampled.arrow'], outliers: ['outliers.json', 'outliers.csv'], perturb: ['perturbation.json'], slices: ['slices.json'],
};

async function readJson<T>(path: string): Promise<T> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    throw new DataError('no-result', `cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? 'not JSON'}): expected the file that an audit wrote; write it again with the report command`);
  }
}

async function locationOf(folder: string, given: string | null): Promise<string> {
  const location = given ?? String((await readJson<{ data?: unknown }>(join(folder, 'provenance.json'))).data);
  const there = /^s3:/i.test(location) || /[*?[{]/.test(location) || await stat(location).then(() => true, () => false);
  if (!there) throw new DataError('no-data', `the data of this result, ${location}, is not there; say where it lies now with --data FILE`);
  return location;
}

function compare(before: ResultManifest, after: ResultManifest): Replay {
  const stages = STAGES.filter((stage) => JSON.stringify(before.inputs.stages[stage]) !== JSON.stringify(after.inputs.stages[stage]));
  const order = Object.values(MADE_BY).flat(), rank = (file: string): number => (order.includes(file) ? order.indexOf(file) : order.length);
  const names = [...new Set([...Object.keys(before.files), ...Object.keys(after.files)])].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const files = names.filter((file) => before.files[file] !== after.files[file])
    .map((file) => ({ file, expected: before.files[file] ?? null, found: after.files[file] ?? null }));
  const firstFile = files[0]?.file ?? null;
  const maker = firstFile === null ? null : STAGES.find((stage) => MADE_BY[stage]?.includes(firstFile)) ?? 'report';
  return {
    same: stages.length === 0 && files.length === 0, otherData: before.inputs.data.sha256 !== after.inputs.data.sha256,
    otherCode: before.code === after.code ? null : before.code, firstStage: stages[0] ?? maker, firstFile, files,
  };
}

/** Ends the host of a store and waits until it is gone. */
async function endHost(place: Place): Promise<void> {
  const found = await findHost(place.store);
  if (found === null) return;
  await found.client.connection.close();
  process.kill(found.host.pid, 'SIGTERM');
  for (let waited = 0; waited < 60_000 && isRunning(found.host.pid); waited += 50) await sleep(50);
}

/**
 * Computes the audit of a result folder again from its data, in a store of its own that is removed afterwards, and compares the bytes.
 * @throws DataError when the result or its data cannot be read; Error when the audit fails.
 */
export async function replayAudit(folder: string, options: ReplayOptions): Promise<Replay> {
  const before = await readJson<ResultManifest>(join(folder, 'manifest.json')), location = await locationOf(folder, options.data);
  const only = [...STAGES.filter((stage) => before.inputs.stages[stage] !== undefined), 'report' as const];
  const scratch = await mkdtemp(join(tmpdir(), 'penumbra-replay-'));
  const place: Place = { store: { kind: 'dir', path: join(scratch, 'store') }, temporal: { address: null, namespace: 'default' } };
  try {
    const session = await openSession(place, options.say);
    const config = { ...before.config, backend: before.backend as AuditConfig['backend'] };
    const id = await startAudit(session, { config, location, out: join(scratch, 'out'), only: only.length === STAGES.length ? null : only });
    const record = await watchAudit(session, id, options);
    await session.client.connection.close().catch(() => {});
    if (record?.state !== 'completed') throw record?.failure?.kind === 'data' ? new DataError('replay', record.failure.message) : new Error(`the audit could not be computed again: ${record?.failure?.message ?? 'it was stopped'}`);
    return compare(before, await readJson<ResultManifest>(join(scratch, 'out', 'manifest.json')));
  } finally {
    await endHost(place);
    await rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** What a replay found, in words. */
export function replayText({ same, otherData, otherCode, firstStage, firstFile, files }: Replay): string {
  if (same) return 'computed again from its inputs: every byte is the same';
  const because = otherData ? '; the data is not that of the result' : otherCode === null ? '' : `; the result was made by ${otherCode.slice(0, 30)}…, this is ${codeVersion().slice(0, 30)}…`;
  const first = files[0];
  const file = first === undefined ? 'no file' : `${firstFile} (sha256 ${first.found ?? 'none'}, the result says ${first.expected ?? 'none'})`;
  return `computed again, it differs, first in the ${firstStage} stage and in ${file}; ${files.length} files in all${because}`;
}
