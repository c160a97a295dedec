import { median } from './weights.ts';

export interface Capped {
  readonly logWeights: Float64Array;
  /** Rows whose weight was lowered. */
  readonly lowered: number;
}

/**
 * Lowers the weight of flagged rows to the median weight of the others. A row that a detector holds for junk lies where density is
 * least, and a rule that rewards thinness would multiply it 5 to 9 times; at the median it counts as an ordinary row, neither
 * rewarded for being strange nor removed on a detector's word. When every row is flagged there is no ordinary row and no cap.
 */
export function capFlagged(logWeights: Float64Array, flagged: Uint8Array): Capped {
  const values = new Float64Array(logWeights.length);
  let count = 0;
  // A typed array's own filter gathers what it keeps in a list of several times the size.
  for (let row = 0; row < values.length; row++) if (flagged[row] === 0) values[count++] = logWeights[row]!;
  const ordinary = values.subarray(0, count);
  if (ordinary.length === 0 || ordinary.length === logWeights.length) return { logWeights, lowered: 0 };
  const cap = median(ordinary);
  let lowered = 0;
  const capped = logWeights.map((value, row) => {
    if (flagged[row] === 0 || value <= cap) return value;
    lowered++;
    return cap;
  });
  return { logWeights: capped, lowered };
}
