import type { Store } from '../infra/store/store.ts';
import { readTablePart, type TablePart } from '../infra/readers/table-part.ts';
import { concatColumns } from '../models/encode/concat-columns.ts';
import type { Profile } from '../models/encode/profile-types.ts';
import type { Column } from '../models/table.ts';
import { artifactOf, artifactsOf, getArtifact, getJson, readManifest, rowsOf } from './artifacts.ts';
import type { Dataset } from './load-dataset.ts';
import type { ArtifactRef } from './types.ts';

/** The parts of a data set, one in memory at a time. @throws StoreError, or ArtifactError `corrupt` */
export async function* datasetParts(store: Store, ingest: ArtifactRef): AsyncGenerator<TablePart> {
  for (const ref of artifactsOf(await readManifest(store, ingest), 'table')) yield readTablePart(await getArtifact(store, ref));
}

/** Usable rows of a data set. */
export async function countRows(store: Store, ingest: ArtifactRef): Promise<number> {
  return rowsOf(artifactsOf(await readManifest(store, ingest), 'table'));
}

export async function loadProfile(store: Store, ingest: ArtifactRef): Promise<Profile> {
  return getJson<Profile>(store, artifactOf(await readManifest(store, ingest), 'summary'));
}

/** A data set with some of its columns alone, read part by part; `ids` is empty. */
export async function loadColumns(store: Store, ingest: ArtifactRef, names: ReadonlySet<string>): Promise<Dataset> {
  const columns: Column[][] = [], rowNumbers: Uint32Array[] = [], split: Uint8Array[] = [];
  for await (const part of datasetParts(store, ingest)) {
    // Copies, so that the part's bytes can go.
    columns.push(part.table.columns.filter(({ name }) => names.has(name))
      .map((column) => (column.kind === 'number' ? { ...column, values: column.values.slice() } : { ...column, codes: column.codes.slice() })));
    rowNumbers.push(part.rowNumbers.slice());
    split.push(part.split.slice());
  }
  const rows = rowNumbers.reduce((sum, each) => sum + each.length, 0);
  return { ids: [], rowNumbers: concat(rowNumbers, new Uint32Array(rows)), split: concat(split, new Uint8Array(rows)), profile: await loadProfile(store, ingest),
    table: { rows, columns: (columns[0] ?? []).map((_, i) => concatColumns(columns.map((part) => part[i]!))) } };
}

function concat<T extends Uint8Array | Uint32Array>(parts: readonly T[], whole: T): T {
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
