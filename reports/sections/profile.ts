import type { DrawnChart } from '../charts/chart.ts';
import { dataTable } from '../data-table.ts';
import { figures } from '../figure.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { count, shortNumber } from '../number-text.ts';
import { readableText } from '../readable-text.ts';
import type { ReportInput } from '../report-input.ts';
import type { ColumnProfile, Profile } from '../../models/encode/profile-types.ts';
import { NOT_COMPUTED, notes, section } from './section.ts';

const MOST_COLUMNS = 300;

/** What was read, how it was understood, and what was left out. */
export function profileSection({ documents: { profile, encoder } }: ReportInput, charts: readonly DrawnChart[]): Markup {
  if (profile === null) return section({ id: 'profile', title: 'Data profile', body: NOT_COMPUTED });
  return section({ id: 'profile', title: 'Data profile', lead: rowsText(profile), body: html`
${profile.unusable.length === 0 ? NOTHING : dataTable({ caption: 'Rows that could not be used', columns: ['Reason', 'Rows', 'First of them'], rows: profile.unusable.map((each) => [each.reason, each.count, each.rows.slice(0, 10).join(', ')]) })}
${dataTable({ sortable: true, caption: 'Columns', columns: ['Column', 'Kind', 'Role', 'Missing', 'Distinct', 'Typical', 'Note'], most: MOST_COLUMNS, rows: profile.columns.map((column) => [column.name, column.kind, column.roles.join(', '), column.missing, column.distinct, typical(column), column.note]) })}
${figures(charts, 'profile')}
${encoder === null || encoder.omitted.length === 0 ? NOTHING : dataTable({ caption: 'Columns that are no features', columns: ['Column', 'Reason'], rows: encoder.omitted.map((each) => [each.name, each.reason]) })}
${notes([...labelNote(profile), ...(encoder === null ? [] : [`${encoder.columns.length} columns became ${encoder.width} features.`]), ...profile.notes])}` });
}

function rowsText({ rows, usable, split }: Profile): string {
  const part = `Split: ${count(split.train)} to train, ${count(split.validation)} to validate, ${count(split.test)} to test.`;
  return rows === usable ? `All ${count(rows)} rows are usable. ${part}` : `${count(usable)} of ${count(rows)} rows are usable. ${part}`;
}

function typical({ number, categories }: ColumnProfile): string | null {
  if (number !== null) return `median ${shortNumber(number.median)}, ${shortNumber(number.min)} to ${shortNumber(number.max)}`;
  const first = categories?.top[0];
  return first === undefined ? null : `${readableText(first.value, 40)} (${count(first.count)})`;
}

function labelNote({ label }: Profile): readonly string[] {
  if (label === null) return ['No column is declared as the label.'];
  return [`Label: ${readableText(label.column, 60)}; positive is “${readableText(label.positive, 60)}” (${readableText(label.how, 120)})${label.missing > 0 ? `; ${count(label.missing)} rows have none` : ''}.`];
}
