import type { Store } from '../infra/store/store.ts';
import { StoreError } from '../infra/store/store-error.ts';
import { contentKeys, rowContent } from '../models/compare/row-content.ts';
import type { ReportDocuments } from '../reports/report-input.ts';
import type { AuditConfig } from './audit-config.ts';
import type { AuditRecord } from './activities.ts';
import { artifactOf, getJson, readManifest, sha256 } from './artifacts.ts';
import { DataError } from './data-error.ts';
import { loadDataset, type Dataset } from './load-dataset.ts';
import { loadDecisions, type Decisions } from './load-decisions.ts';
import { loadOutliers, type Outliers } from './load-outliers.ts';
import { loadReportDocuments } from './report-documents.ts';
import type { ArtifactRef, StageName } from './types.ts';

/** One of two audits that are compared, with its rows. */
export interface ComparedSide {
  readonly id: string;
  readonly name: string;
  readonly seed: number;
  readonly config: AuditConfig;
  readonly inputs: Readonly<Partial<Record<StageName, readonly ArtifactRef[]>>>;
  readonly documents: ReportDocuments;
  readonly dataset: Dataset;
  readonly decisions: Decisions | null;
  readonly outliers: Outliers | null;
  /** [n] 53-bit hash of each row's values, id apart. */
  readonly content: Float64Array;
  readonly by: 'id' | 'content';
  /** [n] unique: the id, or without an id column the content and how often it occurred before. */
  readonly keys: readonly string[];
}

async function refOf(store: Store, key: string): Promise<ArtifactRef> {
  const bytes = await store.get(key);
  return { key, sha256: sha256(bytes), bytes: bytes.byteLength };
}

/** The manifests a report was written from. @throws DataError `no-result` when they are gone or the audit wrote none. */
export async function stageInputs(store: Store, record: AuditRecord): Promise<ComparedSide['inputs']> {
  if (record.report === null) throw new DataError('no-result', `audit ${record.id} has no report to compare (${record.state}); run it again with its report stage`);
  try {
    const { inputs } = await readManifest(store, record.report);
    if (inputs === undefined) throw new DataError('no-result', `audit ${record.id} was made by an earlier version, which did not keep what its report was written from; run it again`);
    const entries = await Promise.all(Object.entries(inputs).map(async ([stage, keys]) => [stage, await Promise.all(keys.map((key) => refOf(store, key)))] as const));
    return Object.fromEntries(entries);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'missing') throw error;
    throw new DataError('no-result', `the results of audit ${record.id} are no longer in the store (removed by gc, or by hand); run it again, or compare with another`, { cause: error });
  }
}

/** @throws DataError `no-result` when what the audit found is no longer there. */
export async function loadSide(store: Store, record: AuditRecord): Promise<ComparedSide> {
  const inputs = await stageInputs(store, record), { ingest, fairness, outliers } = inputs;
  if (ingest?.[0] === undefined) throw new DataError('no-result', `audit ${record.id} holds no data to compare; run it again`);
  const dataset = await loadDataset(store, ingest[0]), content = rowContent(dataset.table.columns.filter(({ name }) => !isId(dataset, name)), dataset.table.rows);
  const by = dataset.profile.columns.some(({ roles }) => roles.includes('id')) ? 'id' : 'content';
  const report = await getJson<{ config: AuditConfig; seed: number }>(store, artifactOf(await readManifest(store, record.report!), 'report.json')), { beta } = report.config.model;
  return {
    id: record.id, name: record.name, seed: report.seed, config: report.config, inputs, dataset, content, by, keys: by === 'id' ? dataset.ids : contentKeys(content),
    documents: await loadReportDocuments(store, inputs, typeof beta === 'number' ? null : beta),
    decisions: fairness?.[0] === undefined ? null : await loadDecisions(store, fairness[0]),
    outliers: outliers?.[0] === undefined ? null : await loadOutliers(store, outliers[0]),
  };
}

function isId(dataset: Dataset, name: string): boolean {
  return dataset.profile.columns.some((column) => column.name === name && column.roles.includes('id'));
}
