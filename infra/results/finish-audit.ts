import type { AuditActivities, AuditRecord } from '../../activities/activities.ts';
import { readManifest } from '../../activities/artifacts.ts';
import type { Store } from '../store/store.ts';
import { publishReport } from './publish.ts';
import { writeRecord } from './records.ts';

/** The last activity of an audit: its files where they were asked for, then its record. */
export function createFinish(store: Store): Pick<AuditActivities, 'finish'> {
  return {
    async finish(record: AuditRecord) {
      const summary = record.report === null ? {} : (await readManifest(store, record.report)).summary;
      const verdict = (summary['verdict'] ?? null) as AuditRecord['verdict'];
      const whole: AuditRecord = { ...record, verdict, provenance: { ...record.provenance, finished: new Date().toISOString() } };
      if (record.out !== null) await publishReport(store, whole, record.out);
      await writeRecord(store, whole);
      return { verdict };
    },
  };
}
