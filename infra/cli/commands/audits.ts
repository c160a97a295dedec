import type { Command } from 'commander';
import type { AuditRecord } from '../../../activities/activities.ts';
import { listRecords, readRecord } from '../../results/records.ts';
import { openStore } from '../../store/open-store.ts';
import { auditStatus, statusOfRecord, type AuditStatus } from '../../temporal/audit-status.ts';
import { findSession, openSession, type Place } from '../../temporal/session.ts';
import { endOfAudit } from '../end-of-audit.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { followAudit } from '../follow-audit.ts';
import { typed } from '../invocation.ts';
import { oneLine, type Output } from '../output.ts';
import { placeOfOptions, withPlace, type PlaceOptions } from '../place-options.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

const REASON_WIDTH = 160;

const isOpen = (record: AuditRecord): boolean => record.state === 'running' || record.state === 'queued';

async function recordOf(place: Place, id: string): Promise<AuditRecord> {
  const record = await readRecord(await openStore(place.store), id);
  if (record === null) {
    const where = place.store.kind === 'dir' ? place.store.path : place.store.bucket;
    throw new UsageError(`there is no audit ${id} in the store ${where}; list them with: ${typed('status')}`);
  }
  return record;
}

async function watch(id: string, options: PlaceOptions, output: Output): Promise<number> {
  const place = await placeOfOptions(options);
  let record: AuditRecord | null = await recordOf(place, id);
  if (isOpen(record)) record = await followAudit(await openSession(place, output.say), id, output);
  return record === null ? EXIT.done : endOfAudit(record, output, 'findings');
}

/** An audit that ended without a result wrote no files: what stands in its folder is an earlier one's. Its reason is shown in place of it. */
function endOf({ state, out }: AuditStatus, record: AuditRecord | undefined): string {
  if (state !== 'failed' && state !== 'cancelled') return out ?? '';
  const failure = record?.failure ?? null;
  return failure === null ? '' : `${failure.stage === null ? '' : `${failure.stage}: `}${oneLine(failure.message).slice(0, REASON_WIDTH)}`;
}

function statusLine(status: AuditStatus, record: AuditRecord | undefined): string {
  const { id, state, stage, progress } = status;
  return [id, state.padEnd(9), `${Math.round(progress * 100)} %`.padStart(5), stage ?? '', endOf(status, record)].join('  ').trimEnd();
}

function statusTable(status: AuditStatus, record: AuditRecord): string {
  const stages = status.stages.map((stage) => `  ${stage.name.padEnd(9)} ${stage.state.padEnd(9)} ${`${Math.round(stage.progress * 100)} %`.padStart(5)}  ${stage.detail ?? ''}`.trimEnd());
  return [statusLine(status, record), ...stages].join('\n');
}

/** Audits under way are asked for where they run; all others are in the store. */
async function statuses(place: Place, records: readonly AuditRecord[]): Promise<readonly AuditStatus[]> {
  const session = records.some(isOpen) ? await findSession(place) : null;
  try {
    return await Promise.all(records.map(async (record) => {
      const live = session !== null && isOpen(record) ? await auditStatus(session.client, record.id) : null;
      // Without a host an open audit waits for the next one: `watch` or any `run` brings it up. A service that does not know it has lost it.
      return live ?? (isOpen(record) ? { ...statusOfRecord(record), state: session === null ? 'queued' : 'failed' } : statusOfRecord(record));
    }));
  } finally {
    await session?.client.connection.close();
  }
}

async function status(id: string | undefined, options: PlaceOptions, output: Output): Promise<number> {
  const place = await placeOfOptions(options);
  if (id !== undefined) {
    const record = await recordOf(place, id), [one] = await statuses(place, [record]);
    output.result(one!, statusTable(one!, record));
    return EXIT.done;
  }
  const records = await listRecords(await openStore(place.store)), byId = new Map(records.map((record) => [record.id, record]));
  const all = await statuses(place, records);
  output.result({ audits: all }, all.length === 0 ? `no audits in this store yet; begin one with: ${typed('run audit.yaml')}, or ${typed('run sample:hiring')}` : all.map((one) => statusLine(one, byId.get(one.id))).join('\n'));
  return EXIT.done;
}

async function cancel(id: string, options: PlaceOptions, output: Output): Promise<number> {
  const place = await placeOfOptions(options);
  const record = await recordOf(place, id);
  if (!isOpen(record)) throw new UsageError(`audit ${id} has ended already (${record.state})`);
  const session = await openSession(place, output.say);
  await session.client.workflow.getHandle(id).cancel();
  const ended = await followAudit(session, id, { ...output, json: false, quiet: true });
  output.result({ id, state: ended?.state ?? 'running' }, `audit ${id} is ${ended?.state ?? 'being cancelled'}`);
  return EXIT.done;
}

export function addAudits(program: Command, act: Act): void {
  withPlace(program.command('watch').description('follow an audit to its end').argument('<id>'))
    .addHelpText('after', '\nExample:\n  penumbra watch 20261122-185044-adult-income-3f2a')
    .action((id: string, options: PlaceOptions) => act((output) => watch(id, options, output)));
  withPlace(program.command('status').description('describe an audit, or list all').argument('[id]'))
    .addHelpText('after', '\nExamples:\n  penumbra status\n  penumbra status 20261122-185044-adult-income-3f2a --json')
    .action((id: string | undefined, options: PlaceOptions) => act((output) => status(id, options, output)));
  withPlace(program.command('cancel').description('stop an audit; what is computed stays').argument('<id>'))
    .addHelpText('after', '\nExample:\n  penumbra cancel 20261122-185044-adult-income-3f2a')
    .action((id: string, options: PlaceOptions) => act((output) => cancel(id, options, output)));
}
