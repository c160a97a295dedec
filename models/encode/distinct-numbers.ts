/** The distinct values present, increasing; null when there are more than `limit`. NaN is no value. */
export function distinctNumbers(values: Float64Array, limit: number): readonly number[] | null {
  const seen = new Set<number>();
  for (const value of values) {
    // -0 and 0 are one value.
    if (!Number.isNaN(value)) seen.add(value + 0);
    if (seen.size > limit) return null;
  }
  return [...seen].sort((a, b) => a - b);
}
