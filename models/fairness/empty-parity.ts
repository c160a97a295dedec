import type { GroupingStudy } from './grouping-study.ts';
import type { Disparity } from './types.ts';

const RATES = { base_rate_difference: 'base_rate', demographic_parity_difference: 'selection_rate', selection_rate_difference: 'selection_rate' } as const;

/**
 * Whether a parity was sure before anybody looked: every group's rate lies within the tolerance of 0, or of 1, so that no gap could have
 * been larger. Such a parity is true and no evidence.
 */
export function isEmptyParity({ metric, verdict, tolerance }: Disparity, study: GroupingStudy): boolean {
  if (verdict !== 'parity' || tolerance === null || !Object.hasOwn(RATES, metric)) return false;
  const family = study.rates[RATES[metric as keyof typeof RATES]]?.family;
  if (family === undefined) return false;
  const rates = Array.from(family.x, (events, i) => events / family.n[i]!);
  return rates.every((rate) => rate <= tolerance) || rates.every((rate) => rate >= 1 - tolerance);
}
