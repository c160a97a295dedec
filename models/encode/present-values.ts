/** The values that are no NaN, in their order. A typed array's own `filter` gathers them in a list of five times the size first. */
export function presentValues(values: Float64Array): Float64Array<ArrayBuffer> {
  const present = new Float64Array(values.length);
  let count = 0;
  for (const value of values) if (!Number.isNaN(value)) present[count++] = value;
  return count === values.length ? present : present.slice(0, count);
}
