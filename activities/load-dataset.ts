import type { Store } from '../infra/store/store.ts';
import { readTablePart } from '../infra/readers/table-part.ts';
import type { TablePart } from '../infra/readers/table-part.ts';
import { concatColumns } from '../models/encode/concat-columns.ts';
import { markPositive } from '../models/encode/mark-positive.ts';
import type { Profile } from '../models/encode/profile-types.ts';
import type { Column, Table } from '../models/table.ts';
import { artifactOf, artifactsOf, getArtifact, getJson, readManifest } from './artifacts.ts';
import type { ArtifactRef } from './types.ts';

/** The usable rows of a data set, in the order of the file; position i of every array belongs to the same row. */
export interface Dataset {
  readonly table: Table;
  /** [n] 0-based data row in the file. */
  readonly rowNumbers: Uint32Array;
  /** [n] the id column's text, or the row number. */
  readonly ids: readonly string[];
  /** [n] TRAIN, VALIDATION or TEST. */
  readonly split: Uint8Array;
  readonly profile: Profile;
}

/** @throws StoreError, or ArtifactError `corrupt` when a stored part is not what its reference names. */
export async function loadDataset(store: Store, ingest: ArtifactRef): Promise<Dataset> {
  const manifest = await readManifest(store, ingest);
  const profile = await getJson<Profile>(store, artifactOf(manifest, 'summary'));
  const parts: TablePart[] = [];
  for (const ref of artifactsOf(manifest, 'table')) parts.push(readTablePart(await getArtifact(store, ref)));
  const rows = parts.reduce((sum, part) => sum + part.table.rows, 0);
  const names = parts[0]?.table.columns ?? [];
  const columns = names.map((_, index) => concatColumns(parts.map((part) => part.table.columns[index]!)));
  const rowNumbers = concat(parts.map((part) => part.rowNumbers), new Uint32Array(rows));
  const split = concat(parts.map((part) => part.split), new Uint8Array(rows));
  const table = { rows, columns };
  return { table, rowNumbers, ids: idsOf(table, idColumn(profile), rowNumbers), split, profile };
}

function concat<T extends Uint8Array | Uint32Array>(parts: readonly T[], whole: T): T {
  if (parts.length === 1) return parts[0]!;
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The column of ids; null when row numbers stand for them. */
export function idColumn({ columns }: Profile): string | null {
  return columns.find(({ roles }) => roles.includes('id'))?.name ?? null;
}

/** [n] the id column's texts, or the row numbers where there is none. */
export function idsOf(table: Table, name: string | null, rowNumbers: Uint32Array): readonly string[] {
  if (name === null) return Array.from(rowNumbers, String);
  const column = columnOf(table, name);
  return column.kind === 'number' ? Array.from(column.values, String) : Array.from(column.codes, (code) => column.levels[code]!);
}

/** @throws RangeError when the table has no column of that name. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) throw new RangeError(`no column ${JSON.stringify(name)}; there are ${table.columns.map((each) => each.name).join(', ')}`);
  return column;
}

/** [n] 1 positive, 0 not, 255 missing; null when the audit has no label. */
export function labelsOf(dataset: Dataset): Uint8Array | null {
  const label = dataset.profile.label;
  return label === null ? null : markPositive(columnOf(dataset.table, label.column), label.positive);
}
