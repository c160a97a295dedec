import type { TableOptions } from '../infra/readers/read-table.ts';
import type { WantedColumn } from '../infra/readers/read-header.ts';
import type { ColumnRole } from '../models/encode/profile-types.ts';
import type { DataConfig } from './audit-config.ts';

/** Configuration keys that name one column, with the role it gets. */
const SINGLE = ['id', 'label', 'score', 'prediction', 'weight', 'cluster', 'sequence', 'time'] as const;

/** The columns the configuration names, with the key that names them. */
export function wantedColumns(data: DataConfig): readonly WantedColumn[] {
  const wanted: WantedColumn[] = [];
  for (const key of SINGLE) if (data[key] !== null) wanted.push({ key: `data.${key}`, name: data[key] });
  for (const name of data.protected) wanted.push({ key: 'data.protected', name });
  for (const name of data.exclude) wanted.push({ key: 'data.exclude', name });
  for (const name of Object.keys(data.bins)) wanted.push({ key: 'data.bins', name });
  return wanted;
}

/** What a column is for. One that is neither excluded nor anything but protected is a feature. */
export function rolesOf(name: string, data: DataConfig): readonly ColumnRole[] {
  const roles: ColumnRole[] = SINGLE.filter((key) => data[key] === name);
  const isFeature = roles.length === 0 && !data.exclude.includes(name);
  if (data.protected.includes(name)) roles.push('protected');
  if (data.exclude.includes(name)) roles.push('excluded');
  return isFeature ? [...roles, 'feature'] : roles;
}

/** How the reader is to take the columns: keys are texts, scores and weights numbers, and nobody minds words in what is left out. */
export function readingOf(data: DataConfig): Pick<TableOptions, 'asText' | 'asNumber' | 'lenient' | 'unique' | 'wanted' | 'columns' | 'missing' | 'delimiter' | 'encoding'> {
  const present = (names: readonly (string | null)[]): ReadonlySet<string> => new Set(names.filter((name) => name !== null));
  return {
    wanted: wantedColumns(data), columns: data.columns, missing: data.missing, delimiter: data.delimiter, encoding: data.encoding, unique: data.id,
    asText: present([data.id, data.cluster, data.sequence]),
    asNumber: present([data.score, data.weight, ...Object.keys(data.bins)]),
    lenient: present(data.exclude.filter((name) => name !== data.score && name !== data.weight)),
  };
}
