import type { Column } from '../table.ts';

const BINS = 64;
/** Rows that a bin should hold, so that its share of positives says something. */
const ROWS_PER_BIN = 20;
const FINE_BINS = 1024;
/** Rows looked at: every k-th, so that the check costs the same for any table. */
const MOST_ROWS = 50_000;
const MISSING = 255;
const MINIMUM_LEVEL = 50;

export interface LabelLeak {
  /** AUROC of the column alone as a predictor of the label, from 0.5 up to chance; NaN without both classes in both halves. */
  readonly auroc: number;
  /** The same of whether the column's value is missing: 0.5 when none or all are. */
  readonly missingAuroc: number;
  /** Among the rows that have a value: how many, and the share of positives. */
  readonly present: { readonly rows: number; readonly positiveShare: number };
  /** The level with the most one-sided share of positives among those of at least `MINIMUM_LEVEL` rows, missing left out; null without one. */
  readonly purest: { readonly rows: number; readonly positiveShare: number } | null;
}

/**
 * How far one column restates the label: each row is scored by the share of positives among the *other* half's rows with the same level
 * (numbers in up to 64 quantile bins, so that a relation of any shape shows; missing is a level), and the halves' AUROC are averaged.
 * Scoring the other half keeps a column of unique texts at 0.5. Numbers are also taken in their order, either way round. marks: [n] 1 positive, 0 not, 255 no label.
 */
export function labelLeak(column: Column, marks: Uint8Array): LabelLeak {
  const step = Math.max(1, Math.ceil(marks.length / MOST_ROWS)), rows: number[] = [];
  for (let row = 0; row < marks.length; row += step) if (marks[row] !== MISSING) rows.push(row);
  const codes = codesOf(column, rows, Math.min(BINS, Math.max(2, Math.floor(rows.length / ROWS_PER_BIN))));
  const isMissing = codes.map((code) => Number(code === 0));
  const auroc = Math.max(crossFitted(codes, marks, rows), column.kind === 'number' ? ordered(codesOf(column, rows, FINE_BINS), marks, rows) : 0);
  return { auroc, missingAuroc: crossFitted(isMissing, marks, rows), ...sharesOf(codes, marks, rows) };
}

function sharesOf(codes: Int32Array, marks: Uint8Array, rows: readonly number[]): Pick<LabelLeak, 'present' | 'purest'> {
  const { positives, all } = countLevels(codes, marks, rows, () => true);
  let present = 0, presentPositives = 0, purest: LabelLeak['purest'] = null;
  for (let level = 1; level < all.length; level++) {
    present += all[level]!;
    presentPositives += positives[level]!;
    const positiveShare = positives[level]! / all[level]!;
    if (all[level]! >= MINIMUM_LEVEL && (purest === null || Math.abs(positiveShare - 0.5) > Math.abs(purest.positiveShare - 0.5))) purest = { rows: all[level]!, positiveShare };
  }
  return { present: { rows: present, positiveShare: presentPositives / present }, purest };
}

interface Counts {
  readonly positives: Float64Array;
  readonly all: Float64Array;
}

function countLevels(codes: Int32Array, marks: Uint8Array, rows: readonly number[], counts: (i: number) => boolean): Counts {
  const levels = codes.reduce((most, code) => Math.max(most, code), 0) + 1;
  const positives = new Float64Array(levels), all = new Float64Array(levels);
  for (let i = 0; i < rows.length; i++) {
    if (!counts(i)) continue;
    all[codes[i]!]!++;
    positives[codes[i]!]! += marks[rows[i]!]!;
  }
  return { positives, all };
}

/** [rows.length] 0 missing, else a level from 1. */
function codesOf(column: Column, rows: readonly number[], bins: number): Int32Array {
  if (column.kind === 'category') return Int32Array.from(rows, (row) => column.codes[row]! + 1);
  const sorted = Float64Array.from(rows, (row) => column.values[row]!).filter((value) => !Number.isNaN(value)).sort();
  const edges = [...new Set(Array.from({ length: bins }, (_, i) => sorted[Math.floor((i * sorted.length) / bins)]!))];
  return Int32Array.from(rows, (row) => {
    const value = column.values[row]!;
    if (Number.isNaN(value)) return 0;
    let low = 0, high = edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (edges[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

function crossFitted(codes: Int32Array, marks: Uint8Array, rows: readonly number[]): number {
  // Multiplying by an odd constant spreads neighbours over both halves, whatever order the file has.
  const half = (i: number): number => Math.imul(rows[i]!, 0x9e3779b1) >>> 31;
  const [a, b] = [0, 1].map((which) => countLevels(codes, marks, rows, (i) => half(i) === which)) as [Counts, Counts];
  return (areaOf(a, b) + areaOf(b, a)) / 2;
}

/** AUROC of the numbers in their order, or against it; missing values are left out. */
function ordered(codes: Int32Array, marks: Uint8Array, rows: readonly number[]): number {
  const { positives, all } = countLevels(codes, marks, rows, (i) => codes[i]! > 0);
  const area = areaUnder(Array.from(all.keys()).filter((level) => all[level]! > 0).map((level) => [{ positives: positives[level]!, all: all[level]! }]));
  return Math.max(area, 1 - area);
}

/** AUROC on one half of ranking its levels by the other half's rates, a level not seen there by its base rate. */
function areaOf(fitted: Counts, scored: Counts): number {
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const base = sum(fitted.positives) / sum(fitted.all);
  const rates = Array.from(fitted.all, (all, level) => (fitted.positives[level]! + base) / (all + 1));
  const order = rates.map((_, level) => level).filter((level) => scored.all[level]! > 0).sort((a, b) => rates[a]! - rates[b]!);
  const tied: { positives: number; all: number }[][] = [];
  order.forEach((level, i) => {
    if (i === 0 || rates[order[i - 1]!] !== rates[level]) tied.push([]);
    tied.at(-1)!.push({ positives: scored.positives[level]!, all: scored.all[level]! });
  });
  return areaUnder(tied);
}

/** AUROC of ranked levels, lowest first; levels of one rank together. NaN without both classes. */
function areaUnder(ranked: readonly (readonly { readonly positives: number; readonly all: number }[])[]): number {
  let positivesBelow = 0, negativesBelow = 0, area = 0;
  for (const levels of ranked) {
    let positives = 0, negatives = 0;
    for (const level of levels) {
      positives += level.positives;
      negatives += level.all - level.positives;
    }
    area += positives * (negativesBelow + negatives / 2);
    positivesBelow += positives;
    negativesBelow += negatives;
  }
  return area / (positivesBelow * negativesBelow);
}
