/**
 * Rates drawn towards the pooled one by empirical Bayes: a beta-binomial whose prior strength comes from the moments of the observed
 * rates (Kleinman 1973, JASA 68). Where the rates differ by no more than chance explains, all become the pooled rate.
 * @param x events; @param n trials, 0 allowed: the pooled rate
 * @returns null without any trial
 */
export function shrinkTowardsPooled(x: readonly number[], n: readonly number[]): number[] | null {
  const trials = n.reduce((sum, each) => sum + each, 0), events = x.reduce((sum, each) => sum + each, 0), groups = n.filter((each) => each > 0).length;
  if (trials === 0) return null;
  const pooled = events / trials, noise = pooled * (1 - pooled);
  if (noise === 0 || groups < 2) return n.map(() => pooled);
  const scatter = n.reduce((sum, size, i) => (size > 0 ? sum + size * (x[i]! / size - pooled) ** 2 : sum), 0);
  const balance = trials - n.reduce((sum, size) => sum + size * size, 0) / trials;
  // E[scatter] = noise·(k − 1) + between·(balance − (k − 1)), with between the variance of the true rates.
  const between = Math.max(0, (scatter - noise * (groups - 1)) / Math.max(1e-12, balance - (groups - 1)));
  if (between === 0) return n.map(() => pooled);
  const strength = Math.max(0, noise / between - 1);
  return n.map((size, i) => (x[i]! + strength * pooled) / Math.max(1e-12, size + strength));
}
