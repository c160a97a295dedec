import type { Grouping } from '../table.ts';

/**
 * Weights under which group and label are independent: w(g, y) = P(g)·P(y) / P(g, y) (Kamiran and Calders 2012, "Data preprocessing
 * techniques for classification without discrimination", eq. 4).
 * @param labels [n] 1 or 0 for the rows named
 * @returns [n]; 1 outside the rows, whose weights sum to their number when every group has both labels
 */
export function reweighing({ codes, levels }: Grouping, labels: Uint8Array, rows: Uint32Array): Float64Array {
  const cells = new Float64Array(2 * levels.length), byLabel = [0, 0];
  for (const row of rows) {
    cells[2 * codes[row]! + labels[row]!]!++;
    byLabel[labels[row]!]!++;
  }
  const weights = new Float64Array(codes.length).fill(1);
  for (const row of rows) {
    const group = codes[row]!, label = labels[row]!, inGroup = cells[2 * group]! + cells[2 * group + 1]!;
    weights[row] = (inGroup * byLabel[label]!) / (rows.length * cells[2 * group + label]!);
  }
  return weights;
}
