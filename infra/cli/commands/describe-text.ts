import type { ColumnProfile } from '../../../models/encode/profile-types.ts';
import { inert } from '../output.ts';

/** Columns of a wide table that are shown without `--all`. */
const MOST_COLUMNS = 40;
const NAME_WIDTH = 28;
const BAR_WIDTH = 12;
const TOP_VALUES = 4;
const STEPS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

export interface Description {
  readonly file: string;
  readonly rows: number;
  /** Of which the columns' profiles are. */
  readonly profiled: number;
  readonly columns: readonly ColumnProfile[];
  readonly notes: readonly string[];
  readonly all: boolean;
}

/** The profile for a terminal: numbers as a small histogram with their quarters, categories as bars of their most frequent values. */
export function describeText({ file, rows, profiled, columns, notes, all }: Description): string {
  const shown = all ? columns : columns.slice(0, MOST_COLUMNS);
  const lines = [`${file}: ${rows.toLocaleString('en')} rows, ${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`, ...notes.map((note) => `note: ${note}`), ...legend(shown), ''];
  for (const column of shown) lines.push(...columnLines(column, profiled));
  if (shown.length < columns.length) lines.push('', `… and ${columns.length - shown.length} more columns; --all shows them`);
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** What the rows of figures are, for the kinds of columns that there are. */
function legend(columns: readonly ColumnProfile[]): readonly string[] {
  return [
    ...(columns.some(({ number }) => number !== null) ? ['numbers: how the values spread from smallest to largest, then smallest ‹ lower quarter ‹ median › upper quarter › largest'] : []),
    ...(columns.some(({ categories }) => categories !== null) ? ['categories: the most frequent values with their share of the rows'] : []),
  ];
}

function columnLines(column: ColumnProfile, rows: number): readonly string[] {
  const missing = column.missing === 0 ? '' : `, ${percent(column.missing / rows)} missing`;
  const note = column.note === null ? '' : `  (${oneLine(column.note, 80)})`;
  const head = `${fitted(column.name, NAME_WIDTH)}  `;
  if (column.number !== null) {
    const { min, q1, median, q3, max, histogram } = column.number;
    return [`${head}number, ${plural(column.distinct, 'value')}${missing}${note}`, `${' '.repeat(NAME_WIDTH + 2)}${sparkline(histogram.counts)}  ${number(min)} ‹ ${number(q1)} ‹ ${number(median)} › ${number(q3)} › ${number(max)}`];
  }
  const top = column.categories?.top.slice(0, column.note === null ? TOP_VALUES : 1) ?? [], most = top[0]?.count ?? 1;
  const others = column.distinct - top.length;
  return [`${head}${column.distinct === 0 ? 'no value' : `category, ${plural(column.distinct, 'value')}`}${missing}${note}`,
    ...top.map(({ value, count }) => `${' '.repeat(NAME_WIDTH + 2)}${bar(count / most).padEnd(BAR_WIDTH)}  ${percent(count / rows).padStart(6)}  ${oneLine(value, 50)}`),
    ...(others > 0 && top.length > 0 ? [`${' '.repeat(NAME_WIDTH + 2 + BAR_WIDTH + 10)}and ${plural(others, 'other')}`] : [])];
}

/** A row of bars, the highest full; a bin with any row shows at least the lowest step. */
export function sparkline(counts: readonly number[]): string {
  const most = counts.reduce((highest, count) => Math.max(highest, count), 1);
  return counts.map((count) => (count === 0 ? ' ' : STEPS[Math.min(STEPS.length - 1, Math.floor((count / most) * STEPS.length))])).join('');
}

/** share: 0 to 1 of the full width, to an eighth of a character. */
export function bar(share: number): string {
  const eighths = Math.max(1, Math.round(share * BAR_WIDTH * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}

/** Text from data on one line of its own width: nothing in it ends a line, moves the cursor or turns the direction. */
function oneLine(text: string, width: number): string {
  const safe = inert(text.slice(0, 4 * width).replaceAll(/[\n\t\u2028\u2029]/g, ' '));
  return safe.length > width ? `${safe.slice(0, width - 1)}…` : safe;
}

function fitted(text: string, width: number): string {
  return oneLine(text, width).padEnd(width);
}

function percent(share: number): string {
  return share > 0 && share < 0.001 ? '<0.1 %' : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`;
}
