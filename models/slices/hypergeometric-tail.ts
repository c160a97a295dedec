import gammaln from '@stdlib/math-base-special-gammaln';

function logChoose(n: number, k: number): number {
  return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);
}

/**
 * P(K ≥ k) for K events among n rows drawn without replacement from `rows` rows that hold `events` events: Fisher's exact test, one-sided.
 * @param k 0 ≤ k ≤ min(n, events)
 */
export function hypergeometricTail(k: number, n: number, events: number, rows: number): number {
  const lowest = Math.max(0, n + events - rows);
  if (k <= lowest) return 1;
  const total = logChoose(rows, n);
  let tail = 0;
  for (let i = Math.min(n, events); i >= k; i--) tail += Math.exp(logChoose(events, i) + logChoose(rows - events, n - i) - total);
  return Math.min(1, tail);
}
