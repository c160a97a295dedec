import type { ChangeVerdict } from './types.ts';

/** Sizes up to which a difference between two samples counts for nothing, however significant (issue of large samples). */
export const LIMITS = { smd: 0.1, totalVariation: 0.05, ks: 0.05, auroc: 0.55, gap: 0.01, otherGap: 0.05, share: 0.05, ess: 0.1, loss: 0.05 } as const;

/** Three-way, by the interval of the size: beyond the limit, within it, or the data allow both. */
export function judge(size: readonly [number, number], limit: number): ChangeVerdict {
  return size[0] > limit ? 'changed' : size[1] <= limit ? 'same' : 'undecided';
}

/** Interval of |x| where that of x is given. */
export function sizeOf([low, high]: readonly [number, number]): readonly [number, number] {
  return low <= 0 && high >= 0 ? [0, Math.max(-low, high)] : [Math.min(Math.abs(low), Math.abs(high)), Math.max(Math.abs(low), Math.abs(high))];
}
