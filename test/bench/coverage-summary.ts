import type { Outcome } from './coverage-cells.ts';

export interface CoverageRow extends Outcome {
  readonly index: number;
  readonly groups: number;
  readonly size: number;
  readonly shape: string;
  readonly rate: number;
  readonly case: string;
}

const percent = (value: number): string => (100 * value).toFixed(1);
const least = (rows: readonly CoverageRow[], of: (row: CoverageRow) => number): string => (rows.length === 0 ? '–' : percent(Math.min(...rows.map(of))));
const most = (rows: readonly CoverageRow[], of: (row: CoverageRow) => number): string => (rows.length === 0 ? '–' : percent(Math.max(...rows.map(of))));
const mean = (rows: readonly CoverageRow[], of: (row: CoverageRow) => number): string => percent(rows.reduce((sum, row) => sum + of(row), 0) / rows.length);

/** Gap and ratio, the truth, of a cell with one group off. */
function truth({ rate, case: kind }: CoverageRow): { readonly gap: number; readonly ratio: number } {
  if (kind === 'parity') return { gap: 0, ratio: 1 };
  const other = kind === 'ratio .8' ? 0.8 * rate : rate + (rate < 0.5 ? 1 : -1) * (kind === 'gap .05' ? 0.05 : 0.2);
  return { gap: Math.abs(rate - other), ratio: Math.min(rate, other) / Math.max(rate, other) };
}

function line(name: string, rows: readonly CoverageRow[]): string {
  const within = rows.filter((row) => truth(row).gap <= 0.05 + 1e-9), beyond = rows.filter((row) => truth(row).gap >= 0.05 - 1e-9);
  const alike = rows.filter((row) => truth(row).ratio >= 0.8 - 1e-9), unlike = rows.filter((row) => truth(row).ratio <= 0.8 + 1e-9);
  return `| ${[name, least(rows, (row) => row.cover), mean(rows, (row) => row.cover), mean(rows, (row) => row.width), most(within, (row) => row.disparity), most(beyond, (row) => row.parity),
    least(rows, (row) => row.ratioCover), mean(rows, (row) => row.ratioCover), most(alike, (row) => row.ratioDisparity), most(unlike, (row) => row.ratioParity),
    least(rows, (row) => row.bootCover), mean(rows, (row) => row.bootCover), mean(rows, (row) => row.bootWidth), most(within, (row) => row.bootDisparity), most(beyond, (row) => row.bootParity)].join(' | ')} |`;
}

const HEAD = `| cells | gap: least cover | mean cover | mean width | most false disparity | most false parity | ratio: least cover | mean cover | most false disparity | most false parity | bootstrap: least cover | mean cover | mean width | most false disparity | most false parity |
| --- ${'| ---: '.repeat(14)}|`;

/** The grid by kind of cell, as tables in Markdown; per cent. */
export function summary(rows: readonly CoverageRow[]): string {
  const tables = [HEAD, line(`all ${rows.length}`, rows)];
  const by = (name: (row: CoverageRow) => string): void => {
    for (const [key, group] of Map.groupBy(rows, name)) tables.push(line(`${key} (${group.length})`, group));
  };
  by((row) => row.case);
  by((row) => `${row.groups} groups, ${row.shape}`);
  by((row) => `n = ${row.size.toLocaleString('en-US')}, ${row.shape}`);
  by((row) => `rate ${row.rate}`);
  const usual = rows.map(({ trials }) => trials).sort((a, b) => a - b)[Math.floor(rows.length / 2)] ?? 0, again = rows.filter(({ trials }) => trials > 5 * usual), fewer = rows.filter(({ trials }) => trials < usual);
  const weak = rows.filter(({ cover, ratioCover }) => Math.min(cover, ratioCover) < 0.924);
  const cell = (row: CoverageRow): string => `${row.groups} groups of ${row.size} (${row.shape}), rate ${row.rate}, ${row.case}: gap ${percent(row.cover)}, ratio ${percent(row.ratioCover)}, ${row.trials} trials`;
  return [...tables, '', `${rows.length - again.length - fewer.length} cells of ${usual} trials, ${fewer.length} of fewer${fewer.length === 0 ? '' : ` (${[...new Set(fewer.map(({ trials }) => trials))].join(', ')})`}.`, `Run again with ten times the trials: ${again.length}.`, ...again.map((row) => `* ${cell(row)}`), `Below 92.4 per cent: ${weak.length}.`, ...weak.map((row) => `* ${cell(row)}`)].join('\n');
}
