/**
 * Koopman's (1984, Biometrics 40) score statistic for the ratio of two independent proportions, with sign:
 * (p̂₁ − θ p̂₂) / √(p̄₁(1 − p̄₁)/n₁ + θ² p̄₂(1 − p̄₂)/n₂), where p̄ are the rates most likely under p₁ = θ p₂. It falls as θ rises; the
 * score limits at a critical value s are the θ where it is s and −s.
 * @returns 0 where the data says nothing of θ (no event in either)
 */
export function ratioScore(x1: number, n1: number, x2: number, n2: number, theta: number): number {
  const n = n1 + n2, x = x1 + x2;
  const b = theta * (n1 + x2) + x1 + n2;
  // The smaller root of n·p² − b·p + θ·x = 0, in the form that does not cancel.
  const root = Math.sqrt(Math.max(0, b * b - 4 * theta * n * x));
  const first = (2 * theta * x) / (b + root);
  const second = Math.min(1, first / theta);
  const variance = (first * (1 - first)) / n1 + (theta * theta * second * (1 - second)) / n2;
  const difference = x1 / n1 - theta * (x2 / n2);
  if (variance > 0) return difference / Math.sqrt(variance);
  return difference === 0 ? 0 : Math.sign(difference) * Infinity;
}

/** Draws of one group's events. */
export interface DrawnEvents {
  readonly x: Float64Array;
  readonly n: number;
}

/** Raises `most`, draw by draw, to the square of `ratioScore` between two groups. What does not change from draw to draw is divided once. */
export function raiseToSquaredScores(most: Float64Array, { x: x1, n: n1 }: DrawnEvents, { x: x2, n: n2 }: DrawnEvents, theta: number): void {
  const constant = theta * n1 + n2, four = 4 * theta * (n1 + n2), two = 2 * theta, perTheta = 1 / theta, per1 = 1 / n1, per2 = (theta * theta) / n2;
  for (let i = 0; i < most.length; i++) {
    const a = x1[i]!, c = x2[i]!, x = a + c, b = constant + theta * c + a, square = b * b - four * x;
    const first = (two * x) / (b + (square > 0 ? Math.sqrt(square) : 0)), ratio = first * perTheta, second = ratio < 1 ? ratio : 1;
    const variance = first * (1 - first) * per1 + second * (1 - second) * per2, difference = a / n1 - theta * (c / n2);
    const score = variance > 0 ? (difference * difference) / variance : difference === 0 ? 0 : Infinity;
    if (score > most[i]!) most[i] = score;
  }
}
