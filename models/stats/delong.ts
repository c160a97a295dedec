/** Area under the ROC curve of one sample, with DeLong's variance. */
export interface Auroc {
  readonly positives: number;
  readonly negatives: number;
  /** P(score of a positive > score of a negative) + ½ P(equal); NaN without both. */
  readonly value: number;
  /** DeLong, DeLong and Clarke-Pearson (1988), by mid-ranks (Sun and Xu 2014); NaN with fewer than two of either. */
  readonly variance: number;
}

/** Mean and sum of squared deviations, updated one value at a time (Welford 1962), `times` equal values at once. */
class Moments {
  count = 0;
  mean = 0;
  squares = 0;

  add(value: number, times: number): void {
    if (times === 0) return;
    const delta = value - this.mean;
    this.count += times;
    this.mean += (delta * times) / this.count;
    this.squares += delta * (value - this.mean) * times;
  }
}

/**
 * @param scores [n] ascending
 * @param labels [n] 1 positive, 0 not, in the same order
 */
export function auroc(scores: ArrayLike<number>, labels: ArrayLike<number>): Auroc {
  const n = scores.length;
  let positives = 0;
  for (let i = 0; i < n; i++) positives += labels[i]!;
  const negatives = n - positives;
  if (positives === 0 || negatives === 0) return { positives, negatives, value: Number.NaN, variance: Number.NaN };
  // Placement of a positive: share of negatives below it; of a negative: share of positives above it; ties count half.
  const placePositive = new Moments(), placeNegative = new Moments();
  let positivesBelow = 0, negativesBelow = 0;
  for (let start = 0; start < n;) {
    let end = start, positivesHere = 0;
    while (end < n && scores[end] === scores[start]) positivesHere += labels[end++]!;
    const negativesHere = end - start - positivesHere;
    placePositive.add((negativesBelow + negativesHere / 2) / negatives, positivesHere);
    placeNegative.add((positives - positivesBelow - positivesHere / 2) / positives, negativesHere);
    positivesBelow += positivesHere;
    negativesBelow += negativesHere;
    start = end;
  }
  const variance = placePositive.squares / (positives - 1) / positives + placeNegative.squares / (negatives - 1) / negatives;
  return { positives, negatives, value: placePositive.mean, variance };
}
