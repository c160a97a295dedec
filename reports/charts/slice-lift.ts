import type { ReportInput } from '../report-input.ts';
import type { Slice } from '../../models/slices/types.ts';
import { count, percent, percentInterval, points, pointsInterval, probability, shortNumber } from '../number-text.ts';
import { chartSlug } from './chart-slug.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { dotInterval, type DotKind } from './dot-interval.ts';
import { usedKinds } from './verdict-kinds.ts';

const KINDS: readonly DotKind[] = [
  { label: 'holds on held-out rows', colour: 'orange', shape: 'diamond' },
  { label: 'did not replicate', colour: 'grey', shape: 'square' },
  { label: 'described, not tested', colour: 'blue', shape: 'circle' },
];
const MOST_SLICES = 15;

/**
 * Slices in words on rows that took no part in the search: errors beyond the expected where a score tells what to expect, else the rate of
 * errors; and where strange rows lie.
 */
export const sliceLift: ChartMaker = (input) => (['error', 'strangeness'] as const).flatMap((measure) => {
  const slices = (input.documents.slices?.slices ?? []).filter((slice) => slice.measure === measure).slice(0, MOST_SLICES);
  if (slices.length === 0) return [];
  return [measure === 'strangeness' ? strangeChart(slices) : slices.some(({ expected }) => expected !== null) ? excessChart(input, slices) : errorChart(input, slices)];
});

function isReference({ documents: { slices, fairness } }: ReportInput): boolean {
  return fairness?.decisions?.source === 'reference' || slices?.errorOf?.startsWith('reference') === true;
}

function several(n: number): string {
  return `${n} slice${n === 1 ? '' : 's'}`;
}

function kindOf({ heldOut }: Slice): number {
  return heldOut.replicated === true ? 0 : 1;
}

function heldOf(shown: readonly Slice[]): number {
  return shown.filter((slice) => slice.heldOut.replicated === true).length;
}

function excessChart(input: ReportInput, shown: readonly Slice[]): Chart {
  const made = usedKinds(shown.map((slice) => ({ name: slice.text, value: slice.heldOut.excess, interval: slice.heldOut.excessInterval, kind: kindOf(slice),
    detail: `errors ${percent(slice.heldOut.rate)}, expected ${percent(slice.heldOut.expected)}, ${count(slice.heldOut.size)} held-out rows` })), KINDS);
  const held = heldOf(shown);
  return {
    name: chartSlug('slices', 'error'), section: 'slices', attribute: null, reference: isReference(input),
    title: held === 0 ? 'No slice with more errors than the score expects held up on held-out rows' : `${several(held)} with more errors than the score expects held up on held-out rows`,
    subtitle: 'Held-out rows: errors observed less errors expected under the recalibrated score; hard cases alone are at 0.',
    description: `Dots with intervals: excess of errors over the expected in ${several(shown.length)}.`,
    spec: dotInterval({ ...made, axisTitle: 'Excess of errors, points', format: 'points', text: (value) => points(value), nameTitle: 'Slice', detailTitle: 'Rates', intervalTitle: 'Interval', kindTitle: 'Replication', line: { at: 0, label: 'as expected' }, gutter: 210 }),
    table: { columns: ['Slice', 'Rows (search)', 'Errors (search)', 'Expected (search)', 'Rows (held out)', 'Errors (held out)', 'Expected (held out)', 'Excess (held out)', 'Interval', 'q', 'Replicated'],
      rows: shown.map(({ text, size, rate, expected, heldOut }) => [text, size, percent(rate), percent(expected), heldOut.size, percent(heldOut.rate), percent(heldOut.expected), points(heldOut.excess),
        pointsInterval(heldOut.excessInterval), probability(heldOut.qValue), heldOut.replicated === true ? 'yes' : 'no']) },
  };
}

function errorChart(input: ReportInput, shown: readonly Slice[]): Chart {
  const made = usedKinds(shown.map((slice) => ({ name: slice.text, value: slice.heldOut.rate, interval: slice.heldOut.interval, kind: kindOf(slice), detail: liftText(slice) })), KINDS);
  const held = heldOf(shown), overall = shown[0]!.heldOut.overall;
  return {
    name: chartSlug('slices', 'error'), section: 'slices', attribute: null, reference: isReference(input),
    title: held === 0 ? 'No slice with more errors than elsewhere held up on held-out rows' : `${several(held)} with more errors than elsewhere held up on held-out rows`,
    subtitle: 'Rate of errors in the slice. Without a score, hard cases cannot be told from failures.',
    description: `Dots with intervals: rate of errors in ${several(shown.length)}.`,
    spec: dotInterval({ ...made, axisTitle: 'Rate of errors on held-out rows', format: '.0%', text: (value) => percent(value), nameTitle: 'Slice', detailTitle: 'Lift', intervalTitle: 'Interval', kindTitle: 'Replication', line: { at: overall, label: `all rows ${percent(overall)}` }, gutter: 210 }),
    table: { columns: ['Slice', 'Rows (search)', 'Rate (search)', 'Rows (held out)', 'Rate (held out)', 'Interval', 'Lift', 'q', 'Replicated'],
      rows: shown.map(({ text, size, rate, heldOut }) => [text, size, percent(rate), heldOut.size, percent(heldOut.rate), percentInterval(heldOut.interval), shortNumber(heldOut.lift), probability(heldOut.qValue), heldOut.replicated === true ? 'yes' : 'no']) },
  };
}

function strangeChart(shown: readonly Slice[]): Chart {
  const rows = shown.map((slice) => ({ name: slice.text, value: slice.heldOut.rate, interval: null, kind: 0, detail: liftText(slice) })), overall = shown[0]!.heldOut.overall;
  return {
    name: chartSlug('slices', 'strangeness'), section: 'slices', attribute: null, reference: false,
    title: `Where strange rows lie: ${several(shown.length)}`,
    subtitle: 'Rate of strange rows on held-out rows: a description, not a test, as strangeness is computed from the same columns.',
    description: `Dots: rate of strange rows in ${several(shown.length)}.`,
    spec: dotInterval({ rows, kinds: [{ label: 'strange rows', colour: 'grey', shape: 'circle' }], axisTitle: 'Rate of strange rows on held-out rows', format: '.0%', text: (value) => percent(value), nameTitle: 'Slice', detailTitle: 'Lift', intervalTitle: 'Interval', line: { at: overall, label: `all rows ${percent(overall)}` }, gutter: 210 }),
    table: { columns: ['Slice', 'Rows (search)', 'Rate (search)', 'Rows (held out)', 'Rate (held out)', 'Lift'],
      rows: shown.map(({ text, size, rate, heldOut }) => [text, size, percent(rate), heldOut.size, percent(heldOut.rate), shortNumber(heldOut.lift)]) },
  };
}

function liftText({ heldOut }: Slice): string {
  return `${shortNumber(heldOut.lift)} × that of all rows, ${count(heldOut.size)} held-out rows`;
}
