/** Rows that are taken as outliers, [n] 1 or 0, and a sentence's end that says what made them so. */
export interface FlaggedRows {
  readonly flagged: Uint8Array;
  readonly rows: number;
  readonly how: string;
}

const TOP_SHARE = 0.01;

/** The flagged rows; when there is none, those ranked among the strangest 1 %. rank: [n], 1 = strangest, 0 = not ranked. */
export function flaggedRows(flagged: Uint8Array, rank: Uint32Array): FlaggedRows {
  const count = flagged.reduce((sum, flag) => sum + flag, 0);
  if (count > 0) return { flagged, rows: count, how: 'flagged by the outlier stage' };
  const last = Math.ceil(TOP_SHARE * rank.length);
  const top = new Uint8Array(rank.length);
  for (let row = 0; row < rank.length; row++) top[row] = Number(rank[row]! >= 1 && rank[row]! <= last);
  return { flagged: top, rows: top.reduce((sum, flag) => sum + flag, 0), how: 'the strangest 1 % by outlier score, since none was flagged' };
}
