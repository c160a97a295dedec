import type { Column } from '../table.ts';

const BINS = 64;
/** Rows looked at: every k-th, so that the check costs the same for any table. */
const MOST_ROWS = 50_000;
const MISSING = 255;
const MINIMUM_LEVEL = 50;

export interface LabelLeak {
  /** Cross-fitted AUROC of the column alone as a predictor of the label; NaN with fewer than two of either class. */
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
 * Scoring the other half keeps a column of unique texts at 0.5. marks: [n] 1 positive, 0 not, 255 no label.
 */
export function labelLeak(column: Column, marks: Uint8Array): LabelLeak {
  const step = Math.max(1, Math.ceil(marks.length / MOST_ROWS)), rows: number[] = [];
  for (let row = 0; row < marks.length; row += step) if (marks[row] !== MISSING) rows.push(row);
  const codes = codesOf(column, rows);
  const isMissing = codes.map((code) => Number(code === 0));
  return { auroc: crossFitted(codes, marks, rows), missingAuroc: crossFitted(isMissing, marks, rows), ...sharesOf(codes, marks, rows) };
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
function codesOf(column: Column, rows: readonly number[]): Int32Array {
  if (column.kind === 'category') return Int32Array.from(rows, (row) => column.codes[row]! + 1);
  const sorted = Float64Array.from(rows, (row) => column.values[row]!).filter((value) => !Number.isNaN(value)).sort();
  const edges = [...new Set(Array.from({ length: BINS }, (_, i) => sorted[Math.floor((i * sorted.length) / BINS)]!))];
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

/** AUROC on one half of ranking its levels by the other half's rates, a level not seen there by its base rate. */
function areaOf(fitted: Counts, scored: Counts): number {
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const base = sum(fitted.positives) / sum(fitted.all), positives = sum(scored.positives), negatives = sum(scored.all) - positives;
  const rates = Array.from(fitted.all, (all, level) => (fitted.positives[level]! + base) / (all + 1));
  const order = rates.map((_, level) => level).filter((level) => scored.all[level]! > 0).sort((a, b) => rates[a]! - rates[b]!);
  let negativesBelow = 0, area = 0;
  for (let start = 0; start < order.length;) {
    let end = start, positivesHere = 0, negativesHere = 0;
    while (end < order.length && rates[order[end]!] === rates[order[start]!]) {
      const level = order[end++]!;
      positivesHere += scored.positives[level]!;
      negativesHere += scored.all[level]! - scored.positives[level]!;
    }
    area += positivesHere * (negativesBelow + negativesHere / 2);
    negativesBelow += negativesHere;
    start = end;
  }
  return area / (positives * negatives);
}
