import type { FairnessResult } from '../../models/fairness/types.ts';
import { dataTable } from '../data-table.ts';
import { html, type Markup } from '../markup.ts';
import { shortNumber } from '../number-text.ts';
import { readableText } from '../readable-text.ts';

/** The simulation of this audit's own intervals: sentences as sentences, numbers and lists as tables. */
export function certificate({ certificate: all }: FairnessResult): Markup {
  const entries = Object.entries(all), lists = entries.filter(([, value]) => isRecords(value)), plain = entries.filter(([, value]) => !isRecords(value));
  if (entries.length === 0) return html`<p class="absent">None in this audit.</p>`;
  const sentences = plain.filter(([, value]) => typeof value === 'string' && value.length > 60), figures = plain.filter((entry) => !sentences.includes(entry));
  return html`${sentences.map(([, text]) => html`<p>${readableText(String(text), 900)}</p>`)}
${figures.length === 0 ? '' : dataTable({ caption: 'Certificate', columns: ['What', 'Value'], rows: figures.map(([name, value]) => [words(name), cell(value)]) })}
${lists.map(([name, value]) => recordTable(words(name), value as readonly Record<string, unknown>[]))}`;
}

function isRecords(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => item !== null && typeof item === 'object' && !Array.isArray(item));
}

const ERRORS = 'monte_carlo_error';

function recordTable(caption: string, records: readonly Record<string, unknown>[]): Markup {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))].filter((name) => name !== ERRORS);
  const title = records.some((record) => Object.hasOwn(record, ERRORS)) ? `${caption} (± what the simulation's own chance allows, 95 %)` : caption;
  return dataTable({ caption: title, columns: columns.map(words), rows: records.map((record) => columns.map((column) => withError(record, column))), sortable: true });
}

/** A share with its Monte Carlo error, where there is one. */
function withError(record: Record<string, unknown>, column: string): string | null {
  const text = cell(Object.hasOwn(record, column) ? record[column] : null), errors = Object.hasOwn(record, ERRORS) ? record[ERRORS] : null;
  if (text === null || errors === null || typeof errors !== 'object' || !Object.hasOwn(errors, column)) return text;
  return `${text} ± ${shortNumber((errors as Record<string, number>)[column]!)}`;
}

function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ').toLowerCase();
}

function cell(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return shortNumber(value);
  if (Array.isArray(value)) return value.map((item) => cell(item) ?? '–').join(', ');
  return typeof value === 'object' ? Object.entries(value).map(([name, item]) => `${words(name)} ${cell(item) ?? '–'}`).join('; ') : String(value);
}
