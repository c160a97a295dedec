import type { Store } from '../infra/store/store.ts';
import { combinations } from '../models/fairness/audit-rows.ts';
import { groupBy, intersect } from '../models/fairness/groups.ts';
import type { DataConfig, FairnessConfig, OutliersConfig } from './audit-config.ts';
import { checkReferenced, checkStrata, namedReference } from './check-groups.ts';
import { MAXIMUM_GROUPS } from './count-parts.ts';
import { loadColumns, loadProfile } from './dataset-parts.ts';
import { knownNormal } from './known-normal.ts';
import { columnOf, type Dataset } from './load-dataset.ts';
import type { ArtifactRef } from './types.ts';

/** What later stages ask of the data; null where the stage does not run. */
export interface LaterChecks {
  readonly fairness: Pick<FairnessConfig, 'reference' | 'strata' | 'intersections'> | null;
  readonly outliers: Pick<OutliersConfig, 'train'> | null;
}

/**
 * Refuses before anything is trained what fairness and outliers would refuse while training runs beside them. Only columns that are
 * asked about are read. @throws DataError
 */
export async function checkLater({ fairness, outliers }: LaterChecks, data: DataConfig, seed: number, store: Store, ingest: ArtifactRef): Promise<void> {
  if (fairness !== null && fairness.strata.length > 0) checkStrata(fairness.strata, (await loadProfile(store, ingest)).columns.map(({ name }) => name));
  if (fairness !== null && Object.keys(fairness.reference).length > 0) checkReferences(await loadColumns(store, ingest, new Set(data.protected)), data, fairness);
  if (outliers?.train === 'normal') knownNormal(await loadColumns(store, ingest, new Set(data.label === null ? [] : [data.label])), seed);
}

function checkReferences({ table }: Dataset, data: DataConfig, { reference, intersections }: NonNullable<LaterChecks['fairness']>): void {
  const single = data.protected.map((name) => groupBy(columnOf(table, name), Object.hasOwn(data.bins, name) ? data.bins[name] : undefined)), known: string[] = [];
  for (let size = 1; size <= Math.min(Math.max(1, intersections), single.length); size++) {
    for (const members of combinations(single.length, size)) {
      const { attribute, levels } = members.length === 1 ? single[members[0]!]! : intersect(members.map((i) => single[i]!));
      if (levels.length > MAXIMUM_GROUPS) continue;
      namedReference(attribute, levels, reference);
      known.push(attribute);
    }
  }
  checkReferenced(reference, known);
}
