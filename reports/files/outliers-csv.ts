import type { RankedOutlier } from '../../models/outliers/types.ts';
import type { CsvCell } from '../csv-text.ts';

export const OUTLIERS_HEADER = ['row', 'id', 'rank', 'score', 'p_value', 'q_value', 'flagged', 'reasons'] as const;

/** Position i of every array belongs to the same usable row. */
export interface RankedRows {
  readonly rowNumbers: Uint32Array;
  readonly ids: { readonly at: (position: number) => string | undefined };
  /** 1 = strangest; 0 for a row that was not ranked. */
  readonly rank: Uint32Array;
  readonly score: Float64Array;
  /** NaN where there is none. */
  readonly pValue: Float64Array;
  readonly qValue: Float64Array;
  readonly flagged: Uint8Array;
  /** The rows that carry reasons. */
  readonly top: readonly RankedOutlier[];
}

/** outliers.csv: a line for every ranked row, best rank first. */
export function* outlierLines(rows: RankedRows): Generator<readonly CsvCell[]> {
  const reasons = new Map(rows.top.map((outlier) => [outlier.row, outlier.reasons.map((reason) => reason.text).join('; ')]));
  for (const i of byRank(rows.rank)) {
    const row = rows.rowNumbers[i]!;
    yield [row, rows.ids.at(i)!, rows.rank[i]!, rows.score[i]!, rows.pValue[i]!, rows.qValue[i]!, rows.flagged[i] === 1, reasons.get(row) ?? null];
  }
}

/** Positions of the ranked rows, strangest first, by counting how many have each rank. */
function byRank(rank: Uint32Array): Uint32Array {
  let last = 0, unranked = 0;
  for (const value of rank) {
    if (value > last) last = value;
    unranked += Number(value === 0);
  }
  const next = new Uint32Array(last + 2), order = new Uint32Array(rank.length - unranked);
  for (const value of rank) if (value > 0) next[value + 1]!++;
  for (let value = 1; value < next.length; value++) next[value]! += next[value - 1]!;
  for (let i = 0; i < rank.length; i++) if (rank[i]! > 0) order[next[rank[i]!]!++] = i;
  return order;
}
