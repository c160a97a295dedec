/** How evidence of many quantities becomes alarms. */
export type FamilyRule = 'bonferroni' | 'e-bh';

export const DEFAULT_ALPHA = 0.05;

/**
 * Positions of the quantities that alarm tonight.
 * `bonferroni`: E ≥ Q/α; the probability of any false alarm ever is at most α, whatever the dependence of the quantities.
 * `e-bh` (Wang and Ramdas 2022): the k largest where the k-th is at least Q/(kα); of the alarms of one night at most α are false on
 * average, with any dependence; over a year that is a weaker promise.
 * @param logE ln E of every quantity in the family tonight
 */
export function familyAlarms(logE: readonly number[], alpha: number = DEFAULT_ALPHA, rule: FamilyRule = 'bonferroni'): readonly number[] {
  const bar = Math.log(logE.length / alpha);
  if (rule === 'bonferroni') return logE.flatMap((value, i) => (value >= bar ? [i] : []));
  const order = logE.map((_, i) => i).sort((a, b) => logE[b]! - logE[a]! || a - b);
  const last = order.findLastIndex((i, rank) => logE[i]! >= bar - Math.log(rank + 1));
  return order.slice(0, last + 1).sort((a, b) => a - b);
}
