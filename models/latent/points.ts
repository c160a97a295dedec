/** Rows of latent means on chosen dimensions. values: [rows, dimensions] row-major. */
export interface Points {
  readonly values: Float64Array;
  readonly rows: number;
  readonly dimensions: number;
}

/** Points as they are stored: in half the memory where their digits allow it. */
export interface StoredPoints {
  readonly values: Float32Array | Float64Array;
  readonly rows: number;
  readonly dimensions: number;
}

/** The rows [start, end) with all digits; all rows without them. */
export function withAllDigits({ values, rows, dimensions: d }: StoredPoints, start = 0, end = rows): Points {
  const some = values.subarray(start * d, end * d);
  return { values: some instanceof Float64Array ? some : Float64Array.from(some), rows: end - start, dimensions: d };
}

/** Mean and variance (divisor n) of every unit. mu: [n, units]. */
export function unitMoments(mu: ArrayLike<number>, units: number): { readonly means: Float64Array; readonly variances: Float64Array } {
  const rows = mu.length / units;
  const means = new Float64Array(units), variances = new Float64Array(units);
  for (let i = 0; i < mu.length; i++) means[i % units]! += mu[i]!;
  for (let unit = 0; unit < units; unit++) means[unit]! /= rows;
  for (let i = 0; i < mu.length; i++) variances[i % units]! += (mu[i]! - means[i % units]!) ** 2 / rows;
  return { means, variances };
}

/** A unit whose μ varies by more than this over rows carries information (Burda, Grosse and Salakhutdinov 2016, §3). */
export const ACTIVE_VARIANCE = 0.01;

/** Units with variance of μ > 0.01, ascending; one with a value that is not finite counts as active, so that it is noticed. mu: [n, units]. */
export function activeUnits(mu: ArrayLike<number>, units: number): number[] {
  return [...unitMoments(mu, units).variances].flatMap((variance, unit) => (variance <= ACTIVE_VARIANCE ? [] : [unit]));
}

/**
 * The chosen units of mu [n, units], of all rows or of those named.
 * @throws RangeError when a value is not finite
 */
export function pointsOf(mu: ArrayLike<number>, units: number, chosen: readonly number[], rows?: ArrayLike<number>): Points {
  const count = rows === undefined ? mu.length / units : rows.length, d = chosen.length;
  const values = new Float64Array(count * d);
  for (let i = 0; i < count; i++) {
    const offset = (rows === undefined ? i : rows[i]!) * units;
    for (let j = 0; j < d; j++) values[i * d + j] = mu[offset + chosen[j]!]!;
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`the latent mean of row ${Math.floor(bad / d)} in unit ${chosen[bad % d]} is ${values[bad]}: training has diverged`);
  return { values, rows: count, dimensions: d };
}

/** The named rows, in their order; a row may be named more than once. */
export function takePoints({ values, dimensions: d }: StoredPoints, rows: ArrayLike<number>): Points {
  const taken = new Float64Array(rows.length * d);
  for (let i = 0; i < rows.length; i++) taken.set(values.subarray(rows[i]! * d, (rows[i]! + 1) * d), i * d);
  return { values: taken, rows: rows.length, dimensions: d };
}
