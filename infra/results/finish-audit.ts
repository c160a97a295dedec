import { ApplicationFailure } from '@temporalio/activity';
import type { AuditActivities, AuditRecord } from '../../activities/activities.ts';
import { readManifest } from '../../activities/artifacts.ts';
import { findDamagedInput, saysDamage } from '../../activities/damaged-input.ts';
import type { Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { publishReport } from './publish.ts';
import { readRecord, writeRecord } from './records.ts';

/** The record of an audit that somebody has finished; one that is damaged is written anew. */
async function endedRecord(store: Store, id: string): Promise<AuditRecord | null> {
  try {
    const record = await readRecord(store, id);
    return record === null || record.state === 'running' || record.state === 'queued' ? null : record;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    return null;
  }
}

/** A failure of publishing as it is told to the workflow, which has a report that is not whole computed again. */
async function failureOf(error: unknown, store: Store, { report }: AuditRecord): Promise<unknown> {
  const damaged = report !== null && saysDamage(error) ? await findDamagedInput(store, { report: [report] }) : null;
  return damaged === null ? error : ApplicationFailure.nonRetryable(damaged.message, damaged.name, { stage: 'report' });
}

/** The last activity of an audit: its files where they were asked for, then its record. */
export function createFinish(store: Store): Pick<AuditActivities, 'finish'> {
  return {
    async finish(record: AuditRecord) {
      // A worker that was stopped and wakes, after another finished in its place, must not write over what came later.
      const ended = await endedRecord(store, record.id);
      if (ended !== null) return { verdict: ended.verdict };
      try {
        return await publish(store, record);
      } catch (error) {
        throw await failureOf(error, store, record);
      }
    },
  };
}

async function publish(store: Store, record: AuditRecord): Promise<Pick<AuditRecord, 'verdict'>> {
  const fence = async (): Promise<void> => {
    if (await endedRecord(store, record.id) !== null) throw new Error(`audit ${record.id} was finished by another worker meanwhile`);
  };
  const summary = record.report === null ? {} : (await readManifest(store, record.report)).summary;
  const verdict = (summary['verdict'] ?? null) as AuditRecord['verdict'];
  const whole: AuditRecord = { ...record, verdict, provenance: { ...record.provenance, finished: new Date().toISOString() } };
  if (record.out !== null) await publishReport(store, whole, record.out, fence);
  await fence();
  await writeRecord(store, whole);
  return { verdict };
}
