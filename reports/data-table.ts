import type { TableCell } from './charts/chart.ts';
import { html, NOTHING, type Markup } from './markup.ts';
import { count } from './number-text.ts';
import { readableText } from './readable-text.ts';

export interface DataTable {
  readonly caption: string | Markup;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (TableCell | Markup)[])[];
  /** The page's script makes its headers sort. */
  readonly sortable?: boolean;
  /** Rows beyond are counted, not shown. */
  readonly most?: number;
}

const MOST_ROWS = 200;
/** Numbers, percentages and intervals stand right-aligned. */
const NUMERIC = /^(?:[<−+]? ?\d[\d,.e−]*(?: %| points)?|–)(?: to −?[\d,.e−]+(?: %| points)?)?$/;

export function dataTable({ caption, columns, rows, sortable = false, most = MOST_ROWS }: DataTable): Markup {
  const shown = rows.slice(0, most), numeric = columns.map((_, k) => shown.some((row) => row[k] !== null) && shown.every((row) => isNumeric(row[k] ?? null)));
  const label = typeof caption === 'string' ? readableText(caption, 200) : 'Table';
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="${sortable ? 'sortable' : ''}">
<caption>${typeof caption === 'string' ? readableText(caption, 300) : caption}</caption>
<thead><tr>${columns.map((column, k) => html`<th scope="col" class="${numeric[k] ? 'number' : ''}">${readableText(column, 60)}</th>`)}</tr></thead>
<tbody>${shown.map((row) => html`<tr>${row.map((cell, k) => (k === 0 ? html`<th scope="row">${content(cell)}</th>` : html`<td class="${numeric[k] ? 'number' : ''}">${content(cell)}</td>`))}</tr>
`)}</tbody></table></div>${rows.length > shown.length ? html`<p class="quiet">${count(rows.length - shown.length)} more rows are in the files of this result.</p>` : NOTHING}`;
}

function isNumeric(cell: TableCell | Markup): boolean {
  return cell === null || typeof cell === 'number' || (typeof cell === 'string' && NUMERIC.test(cell));
}

function content(cell: TableCell | Markup): Markup | string {
  if (cell === null) return '–';
  if (typeof cell === 'number') return count(cell);
  // bdi: a name in a right-to-left script must not turn its neighbours round.
  return typeof cell === 'string' ? html`<bdi>${readableText(cell)}</bdi>` : cell;
}
