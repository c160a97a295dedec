import type { DataConfig } from './audit-config.ts';
import { auditedDecisions } from './audited-decisions.ts';
import { DataError } from './data-error.ts';
import type { Dataset } from './load-dataset.ts';

/** Makes sure, before anything is trained, that the audited decisions can be read. file: for the message. @throws DataError */
export function checkDecisions(file: string, dataset: Dataset, data: DataConfig): void {
  // A quantity is predicted, not decided, unless a threshold makes decisions of it.
  if (data.label !== null && dataset.profile.label === null && data.threshold === null) return;
  try {
    auditedDecisions(dataset, data);
  } catch (error) {
    throw error instanceof DataError ? new DataError(error.code, `${file}, ${error.message}`, { cause: error }) : error;
  }
}
