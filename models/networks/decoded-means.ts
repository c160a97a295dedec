import type { ColumnCode } from '../encode/types.ts';

function softmaxInPlace(values: Float32Array, first: number, last: number): void {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = first; i < last; i++) highest = Math.max(highest, values[i]!);
  let sum = 0;
  for (let i = first; i < last; i++) sum += Math.exp(values[i]! - highest);
  for (let i = first; i < last; i++) values[i] = Math.exp(values[i]! - highest) / sum;
}

/**
 * A decoder's raw outputs as encoded features: numbers stay (they are means), a category's logits become its probabilities, a missing
 * indicator's logit the probability of missing. output: [rows, width] → the same shape, a new array.
 */
export function decodedMeans(columns: readonly ColumnCode[], output: Float32Array, width: number): Float32Array {
  const means = output.slice();
  for (let start = 0; start < means.length; start += width) {
    for (const column of columns) {
      const at = start + column.offset;
      if (column.kind === 'category') softmaxInPlace(means, at, at + column.width);
      else if (column.missingIndicator) means[at + 1] = 1 / (1 + Math.exp(-means[at + 1]!));
    }
  }
  return means;
}
