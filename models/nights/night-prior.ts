/** Nights over which one share of the prior is spread evenly. */
const NIGHTS_A_YEAR = 365;

/** Year 1, 2, … of the watch in which night j ≥ 1 falls. */
const yearOf = (night: number): number => Math.ceil(night / NIGHTS_A_YEAR);

/**
 * γ_j, the prior that a lasting change begins at night j = 1, 2, …: year k of the watch has the mass 1/(k(k+1)), spread evenly over
 * its nights, so that the masses sum to 1, a change in the first year is found as fast whenever it begins, and no night has none.
 */
export function nightPrior(night: number): number {
  const year = yearOf(night);
  return 1 / (year * (year + 1) * NIGHTS_A_YEAR);
}

/** Σ_{j > t} γ_j for t ≥ 0: the mass of the changes that are still to come. */
export function priorLeft(t: number): number {
  const year = Math.max(1, yearOf(t));
  return (year * NIGHTS_A_YEAR - t) * (1 / (year * (year + 1) * NIGHTS_A_YEAR)) + 1 / (year + 1);
}
