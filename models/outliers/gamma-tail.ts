import gammaln from '@stdlib/math-base-special-gammaln';

const STEPS = 500;
const TINY = 1e-300;

/**
 * ln Q(a, x) = ln P(X > x) of a standard gamma variable of shape a, for x ≥ a + 1, by Legendre's continued fraction
 * (Abramowitz and Stegun 6.5.31) with Lentz's method: keeps its digits where 1 − P has none left.
 */
export function logGammaTail(a: number, x: number): number {
  let b = x + 1 - a, c = 1 / TINY, d = 1 / b, fraction = d;
  for (let i = 1; i <= STEPS; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (Math.abs(an * d + b) < TINY ? TINY : an * d + b);
    c = Math.abs(b + an / c) < TINY ? TINY : b + an / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return a * Math.log(x) - x - gammaln(a) + Math.log(fraction);
}
