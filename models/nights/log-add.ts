/** ln(e^a + e^b) without overflow; −∞ is ln 0. */
export function logAdd(a: number, b: number): number {
  const high = Math.max(a, b), low = Math.min(a, b);
  return high === -Infinity ? -Infinity : high + Math.log1p(Math.exp(low - high));
}
