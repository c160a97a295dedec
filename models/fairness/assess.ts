import { POWER_80 } from '../stats/normal.ts';
import { tCritical, tTail } from '../stats/student.ts';
import { criticalValue, maxTailP, type MaxT } from './max-t-distribution.ts';
import type { GapEnds } from './rate-gap.ts';
import type { Interval, Verdict } from './types.ts';

/** Half of all estimates fall within this many standard errors of the truth. */
const QUARTILE = 0.6744897501960817;
/** Below this many clusters their spread is too uncertain for any verdict. */
export const FEWEST_CLUSTERS = 8;
export const TOO_NEAR = 'too near the tolerance';

export interface GapQuestion {
  readonly ends: GapEnds;
  readonly null: MaxT;
  readonly level: number;
  /** `ratio`: equality is at the upper end of the scale. */
  readonly scale: 'difference' | 'ratio';
  /** Rows that entered. */
  readonly rows: number;
  /** Whether every group entered: parity of all cannot be shown from some. */
  readonly complete: boolean;
  /** Without a tolerance there is an interval, but no test and no verdict. */
  readonly tested: boolean;
}

export interface GapAnswer {
  readonly interval: Interval;
  readonly critical: number;
  readonly p: number | null;
  readonly p_parity: number | null;
  readonly verdict: Verdict | null;
  readonly rows_needed: Interval | string | null;
}

/** Disparity at p ≤ 1 − level, parity at p_parity ≤ (1 − level)/2 when every group was compared, undecided otherwise. */
export function decide(p: number, pParity: number, level: number, complete: boolean): Verdict {
  if (p <= 1 - level) return 'disparity';
  return complete && pParity <= (1 - level) / 2 ? 'parity' : 'undecided';
}

/**
 * Rows at which the verdict would be settled with probability .8, should the truth lie within the middle half of what the data
 * allows; standard errors shrink with the square root of the rows.
 */
function rowsNeeded({ ends, rows, level, null: { degrees } }: GapQuestion, critical: number): Interval | string {
  const towardsDisparity = ends.beyond > ends.within;
  const distance = Math.max(ends.beyond, ends.within);
  if (!(distance > QUARTILE)) return TOO_NEAR;
  const needed = (towardsDisparity ? critical : tCritical(level, degrees)) + POWER_80;
  const at = (standardErrors: number): number => Math.max(rows, Math.ceil(rows * (needed / standardErrors) ** 2));
  return [at(distance + QUARTILE), at(distance - QUARTILE)];
}

/** Interval, tests and verdict of one gap (METHODS §1). */
export function assessGap(question: GapQuestion): GapAnswer {
  const { ends, level, scale, complete } = question;
  const critical = criticalValue(question.null, level);
  const near = ends.near(critical), far = ends.far(tCritical(level, question.null.degrees));
  const interval: Interval = scale === 'difference' ? [near, far] : [far, near];
  if (!question.tested) return { interval, critical, p: null, p_parity: null, verdict: null, rows_needed: null };
  const p = maxTailP(question.null, ends.beyond), pParity = tTail(ends.within, question.null.degrees);
  const few = question.null.degrees !== null && question.null.degrees < FEWEST_CLUSTERS - 1;
  const verdict = few ? 'undecided' : decide(p, pParity, level, complete);
  return { interval, critical, p, p_parity: pParity, verdict, rows_needed: verdict === 'undecided' ? rowsNeeded(question, critical) : null };
}
