import type { ChangeVerdict, Effect } from '../../models/compare/types.ts';
import { dataTable } from '../data-table.ts';
import { html, NOTHING, type Markup } from '../markup.ts';
import { metricName } from '../metric-names.ts';
import { percent, points, shortNumber } from '../number-text.ts';
import { readableText } from '../readable-text.ts';

const ORDER: readonly ChangeVerdict[] = ['changed', 'undecided', 'same'];
const MARKS = { changed: ['disparity', '◆'], undecided: ['undecided', '■'], same: ['parity', '●'] } as const;

/** What a measure is called, and how its values are written. */
const MEASURES: Readonly<Record<string, readonly [string, (value: number | null) => string]>> = {
  smd: ['Standardised mean difference', shortNumber], ks: ['Kolmogorov–Smirnov distance', shortNumber], total_variation: ['Total variation', shortNumber], missing: ['Missing values', percent],
  auroc: ['Classifier’s AUROC', shortNumber], flagged_share: ['Flagged rows', percent], ess_share: ['Effective sample size', percent], relative_loss: ['Held-out loss, relative', percent],
  column_gone: ['Column gone', shortNumber], column_new: ['Column new', shortNumber], column_kind: ['Kind of column', shortNumber], column_role: ['Use of column', shortNumber], new_value: ['New value', percent], label: ['Meaning of the label', shortNumber],
  gone: ['Group gone', percent], new: ['Group new', percent], not_finite: ['Loss', shortNumber], collapsed: ['Latent units', shortNumber],
};

/** The name of a measure of a comparison. */
export function measureName({ kind, measure }: Effect): string {
  return kind === 'disparity' ? metricName(measure).label : MEASURES[measure]?.[0] ?? measure;
}

/** A value of a measure, as people read it. */
export function effectText({ kind, measure }: Effect, value: number | null): string {
  if (value === null) return '–';
  if (kind === 'disparity') return measure.endsWith('_difference') ? points(value) : shortNumber(value);
  return (MEASURES[measure]?.[1] ?? shortNumber)(value);
}

/** What was before and after: in the unit of what is measured, where the change is relative to it. */
function valueText(effect: Effect, value: number | null): string {
  return effect.measure === 'relative_loss' ? shortNumber(value) : effectText(effect, value);
}

/** Effects of one section, what changed first. */
export function effectTable(caption: string, effects: readonly Effect[]): Markup {
  const sorted = [...effects].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return dataTable({ caption: `${caption}: every comparison`, sortable: true, most: 300, columns: ['What', 'Measure', 'Verdict', 'Before', 'After', 'Change', 'Interval', 'Counts from'],
    rows: sorted.map((effect) => [readableText(effect.subject, 60), html`${measureName(effect)}${effect.note === null ? NOTHING : html`<br><span class="quiet">${readableText(effect.note, 200)}</span>`}`, mark(effect.verdict),
      valueText(effect, effect.before), valueText(effect, effect.after), effectText(effect, effect.value),
      effect.interval === null ? null : `${effectText(effect, effect.interval[0])} to ${effectText(effect, effect.interval[1])}`, effectText(effect, effect.limit)]) });
}

function mark(verdict: ChangeVerdict): Markup {
  const [style, sign] = MARKS[verdict];
  return html`<span class="mark ${style}"><span aria-hidden="true">${sign}</span> ${verdict}</span>`;
}
