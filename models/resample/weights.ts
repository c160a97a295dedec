/** Weights e^{logWeights} scaled to sum to their number, [n]. Only differences of logWeights matter. */
export function normalisedWeights(logWeights: Float64Array): Float64Array {
  let largest = -Infinity, sum = 0;
  for (const value of logWeights) largest = Math.max(largest, value);
  const weights = logWeights.map((value) => Math.exp(value - largest));
  for (const weight of weights) sum += weight;
  const scale = weights.length / sum;
  for (let row = 0; row < weights.length; row++) weights[row]! *= scale;
  return weights;
}

/** Kish's effective sample size (Σw)²/Σw², between 1 and n (Kish 1965, §11.2). */
export function effectiveSampleSize(weights: Float64Array): number {
  let sum = 0, square = 0;
  for (const weight of weights) {
    sum += weight;
    square += weight * weight;
  }
  return (sum * sum) / square;
}

/** Middle value of the finite sorted copy; the mean of the two middle ones when their number is even. NaN without a value. */
export function median(values: Float64Array): number {
  const sorted = values.toSorted(), middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
