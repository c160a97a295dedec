const BINS = 40;

/** counts[i] lies in [edges[i], edges[i + 1]), the last bin closed. One bin when all values are equal. */
export function scoreHistogram(values: Float64Array): { edges: number[]; counts: number[] } {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (values.length === 0) return { edges: [], counts: [] };
  if (!(high > low)) return { edges: [low, low], counts: [values.length] };
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) counts[Math.min(BINS - 1, Math.floor(BINS * (value - low) / (high - low)))]!++;
  return { edges: Array.from({ length: BINS + 1 }, (_, i) => low + (high - low) * i / BINS), counts };
}
