import type { DrawnChart } from '../charts/chart.ts';
import { dataTable } from '../data-table.ts';
import { figures } from '../figure.ts';
import { attributeText, groupText } from '../group-text.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { count, percent, percentInterval, probability, shortNumber } from '../number-text.ts';
import { readableText } from '../readable-text.ts';
import type { ReportInput } from '../report-input.ts';
import type { PerturbationSummary } from '../../models/latent/perturb-types.ts';
import type { OutlierSummary, RankedOutlier } from '../../models/outliers/types.ts';
import type { SlicesSummary } from '../../models/slices/types.ts';
import { NOT_COMPUTED, notes, section } from './section.ts';

/** On the page; the files hold all. */
const MOST_ROWS = 15;
const MOST_REASONS = 3;

const REAL_ROWS = '“Between real rows” is the mean score of real held-out rows high on the factor less that of those low on it: they differ in all else too, so it is no effect.';

/** The strangest rows with the reasons, and where strangeness and errors gather. */
export function outliersSection({ documents: { outliers, slices, perturbation } }: ReportInput, charts: readonly DrawnChart[]): Markup {
  return section({ id: 'outliers', title: 'Outliers', lead: 'Rows that do not fit the rest. Strange is not wrong: a reader decides.', body: html`
${outliers === null ? NOT_COMPUTED : html`<p>${method(outliers)}</p>${figures(charts, 'outliers')}${topTable(outliers)}${nulls(outliers)}${groupTable(outliers)}${notes(outliers.notes)}`}
<h3 id="slices">Slices</h3>
${slices === null ? NOT_COMPUTED : html`<p>${slicesText(slices)}</p>${
  slices.slices.length === 0 ? html`<p class="absent">No slice stands out.</p>` : figures(charts, 'slices')}${notes(slices.notes)}`}
<h3 id="perturbation">What each hidden factor does</h3>
${perturbation === null ? NOT_COMPUTED : html`${perturbation.model === null ? NOTHING : html`<p>Pushed through: ${readableText(perturbation.model, 200)}, on ${count(perturbation.rows)} decoded rows. ${REAL_ROWS}</p>`}${
  perturbation.latents.length === 0 ? html`<p class="absent">No factor was tested.</p>` : figures(charts, 'perturbation')}${factorTable(perturbation)}${notes(perturbation.notes)}`}` });
}

const ERRORS_ARE: Record<NonNullable<SlicesSummary['errorMeasure']>, string> = {
  excess: 'with more errors than the score expects of them, hard cases set apart',
  plain: 'with more errors than elsewhere; without a score, hard cases among them cannot be told from failures',
};

function slicesText({ searched, errorOf, errorMeasure }: SlicesSummary): string {
  const errors = errorMeasure === null ? '' : ` Error slices are rows ${ERRORS_ARE[errorMeasure]}, found on one part of the rows and tested on another.`;
  return `${count(searched)} conjunctions of readable conditions were searched.${errors}${errorOf === null ? '' : ` Errors are those of: ${readableText(errorOf, 120)}.`} Slices of strange rows describe where these lie and are not tested.`;
}

function factorTable({ names }: PerturbationSummary): Markup {
  if (names.length === 0) return NOTHING;
  return html`<details class="more"><summary>What each factor moves in the data</summary>${dataTable({ caption: 'Columns that each factor moves most', columns: ['Factor', 'Column', 'Change', 'Size'],
    rows: names.flatMap((each) => each.columns.map((column) => [`z${each.latent}`, column.column, column.change, shortNumber(column.size)])) })}</details>`;
}

function method({ method: how, calibrated, flagged, fdr, smallestDetectable }: OutlierSummary): string {
  const found = calibrated ? `${count(flagged)} rows are flagged at a false discovery rate of ${shortNumber(fdr)}.` : 'Rows are ranked only: how many of them are outliers cannot be said from data that may hold outliers itself.';
  const named = calibrated || !how.startsWith('rank only') ? `Method: ${readableText(how, 400)}. ` : '';
  return `${named}${found}${smallestDetectable === null ? '' : ` The fewest outliers that could be flagged at this size: ${count(smallestDetectable)}.`}`;
}

function topTable({ top, calibrated }: OutlierSummary): Markup {
  if (top.length === 0) return html`<p class="absent">No row was ranked.</p>`;
  // Without an id column the id is the row's number.
  const named = top.some((row) => row.id !== String(row.row));
  return dataTable({ caption: `The ${Math.min(MOST_ROWS, top.length)} strangest rows and why; outliers.csv ranks all`, columns: ['Rank', 'Row', ...(named ? ['Id'] : []), 'Score', ...(calibrated ? ['q'] : []), 'Reasons'],
    rows: top.slice(0, MOST_ROWS).map((row) => [row.rank, row.row, ...(named ? [readableText(row.id, 40)] : []), shortNumber(row.score), ...(calibrated ? [probability(row.qValue)] : []), reasons(row)]) });
}

function reasons({ reasons: all }: RankedOutlier): Markup {
  return html`<ul class="reasons">${all.slice(0, MOST_REASONS).map((reason) => html`<li><bdi>${readableText(reason.text, 240)}</bdi> <span class="quiet">${percent(reason.contribution, 0)}</span></li>`)}</ul>`;
}

function nulls({ nulls: all }: OutlierSummary): Markup {
  if (all.length === 0) return NOTHING;
  return html`<details class="more"><summary>Estimates under each null family</summary>${dataTable({ caption: 'How many rows each family of the null would flag', columns: ['Family', 'Flagged', 'Share of the null'], rows: all.map((each) => [each.family, each.flagged, percent(each.nullShare)]) })}</details>`;
}

function groupTable({ groups }: OutlierSummary): Markup {
  if (groups.length === 0) return NOTHING;
  return html`<details class="more"><summary>Who is called strange</summary>${dataTable({ sortable: true, caption: 'Share of each group among the strangest rows and among all', columns: ['Attribute', 'Group', 'Rows', 'Share of the strangest', 'Interval', 'Share of all'],
    rows: groups.map((group) => [attributeText(group.attribute), groupText(group.attribute, group.group), group.n, percent(group.topShare), percentInterval(group.interval), percent(group.share)]) })}</details>`;
}
