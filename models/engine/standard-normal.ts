import { philox4x32, type StreamPlace } from './random.ts';

/**
 * Standard normal numbers from pairs of random words, by Box and Muller (1958), with logarithm, sine and cosine made of additions,
 * multiplications, one division and one root: what IEEE 754 fixes to the last bit, so that every machine, every version of Node and the
 * WebAssembly of `NormalKernel` draw the same numbers. (`Math.log` and the like may differ from one engine to the next in their last bit.)
 * Coefficients and ways are those of fdlibm (Sun Microsystems, 1993): `e_log.c`, `k_sin.c`, `k_cos.c`; errors are below 1 ulp.
 */

/** log(1 + f) = f − f²/2 + s (f²/2 + z · P(z)) with s = f / (2 + f), z = s². */
export const LOG = [6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01] as const;
/** sin x = x + x z · P(z) with z = x², |x| ≤ π/4. */
export const SINE = [-1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04, 2.75573137070700676789e-06, -2.50507602534068634195e-08, 1.58969099521155010221e-10] as const;
/** cos x = 1 − z/2 + z² · P(z). */
export const COSINE = [4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05, -2.75573143513906633035e-07, 2.08757232129817482790e-09, -1.13596475577881948265e-11] as const;
/** log 2 in two parts: products of the first with exponents are exact. */
export const LOG_2_HIGH = 6.93147180369123816490e-01, LOG_2_LOW = 1.90821492927058770002e-10;
/** Upper half of √½: mantissas are taken from [√½, √2). */
export const SQUARE_ROOT_HALF_BITS = 0x3fe6a09e;

const value = new Float64Array(1), halves = new Uint32Array(value.buffer), HIGH = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

function polynomial(z: number, coefficients: readonly number[]): number {
  let sum = coefficients.at(-1)!;
  for (let i = coefficients.length - 2; i >= 0; i--) sum = coefficients[i]! + z * sum;
  return sum;
}

/** Natural logarithm of a normal number above 0. */
function logarithm(x: number): number {
  value[0] = x;
  const exponent = ((halves[HIGH]! - SQUARE_ROOT_HALF_BITS + (1024 << 20)) >>> 20) - 1024;
  halves[HIGH] = halves[HIGH]! - (exponent << 20);
  const f = value[0] - 1, s = f / (2 + f), z = s * s, half = 0.5 * f * f;
  return exponent * LOG_2_HIGH - ((half - (s * (half + z * polynomial(z, LOG)) + exponent * LOG_2_LOW)) - f);
}

/** (w + ½) / 2³²: never 0 or 1. */
const uniform = (word: number): number => (word + 0.5) * 2 ** -32;

/** Fills with the numbers at a place, four of each block. */
export function standardNormals(into: Float32Array, { key, counters }: StreamPlace): void {
  const block = new Uint32Array(4), numbers = new Float32Array(4);
  for (let at = 0; at < into.length; at += 4) {
    philox4x32([at / 4, ...counters], key, block);
    normalPair(block[0]!, block[1]!, numbers, 0);
    normalPair(block[2]!, block[3]!, numbers, 2);
    into.set(numbers.subarray(0, into.length - at), at);
  }
}

/** The two normal numbers of two uniform words of 32 bits, into out[at], out[at + 1]. */
export function normalPair(first: number, second: number, out: Float32Array, at: number): void {
  const radius = Math.sqrt(-2 * logarithm(uniform(first)));
  // The turn is split exactly into quarters and a rest of at most an eighth.
  const quarters = 4 * uniform(second), quarter = nearestEven(quarters), x = (quarters - quarter) * (Math.PI / 2), z = x * x;
  const sine = x + x * z * polynomial(z, SINE), half = 0.5 * z, near = 1 - half, cosine = near + ((1 - near - half) + z * z * polynomial(z, COSINE));
  const [across, up] = quarter % 2 === 0 ? [cosine, sine] : [sine, cosine];
  out[at] = radius * (quarter === 1 || quarter === 2 ? -across : across);
  out[at + 1] = radius * (quarter === 2 || quarter === 3 ? -up : up);
}

function nearestEven(x: number): number {
  return x + 2 ** 52 - 2 ** 52;
}
