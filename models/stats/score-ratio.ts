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

/** The square of `ratioScore`, for loops over many draws. */
export function squaredRatioScore(x1: number, n1: number, x2: number, n2: number, theta: number): number {
  const b = theta * (n1 + x2) + x1 + n2, square = b * b - 4 * theta * (n1 + n2) * (x1 + x2);
  const first = (2 * theta * (x1 + x2)) / (b + (square > 0 ? Math.sqrt(square) : 0));
  const ratio = first / theta, second = ratio < 1 ? ratio : 1;
  const variance = (first * (1 - first)) / n1 + (theta * theta * second * (1 - second)) / n2, difference = x1 / n1 - theta * (x2 / n2);
  if (variance > 0) return (difference * difference) / variance;
  return difference === 0 ? 0 : Infinity;
}
