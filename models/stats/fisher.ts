import gammaln from '@stdlib/math-base-special-gammaln';

/** Tables at most this much likelier than the observed one count as equally likely (as in R): rounding of log-gamma. */
const RELATIVE_ERROR = 1 + 1e-7;

/** p is never written as 0: it is at most this. */
const SMALLEST_P = 1e-300;

/**
 * Fisher's exact test of equal rates, two-sided: the chance of all tables with these margins that are no likelier than this one.
 * @param x1 events among n1
 * @param x2 events among n2
 */
export function fisherExact(x1: number, n1: number, x2: number, n2: number): number {
  const events = x1 + x2, first = Math.max(0, events - n2), last = Math.min(n1, events);
  const logMass = (x: number): number => -gammaln(x + 1) - gammaln(n1 - x + 1) - gammaln(events - x + 1) - gammaln(n2 - events + x + 1);
  const mode = Math.min(last, Math.max(first, Math.floor(((n1 + 1) * (events + 1)) / (n1 + n2 + 2))));
  const observed = logMass(x1), highest = logMass(mode);
  // Two scales, so that a chance far out in the tail is not lost beside the likeliest table.
  let unlikely = 0, total = 0;
  for (let x = first; x <= last; x++) {
    const mass = logMass(x);
    total += Math.exp(mass - highest);
    const relative = mass - observed;
    if (relative <= Math.log(RELATIVE_ERROR)) unlikely += Math.exp(relative);
  }
  return Math.min(1, Math.max(SMALLEST_P, Math.exp(Math.log(unlikely) + observed - highest - Math.log(total))));
}
