import { assessGap, type GapQuestion } from './assess.ts';
import type { GroupingStudy } from './grouping-study.ts';
import { MAXIMUM_DRAWN_GROUPS } from './max-t-distribution.ts';
import type { Expected } from './parity-draws.ts';
import type { Disparity } from './types.ts';

/** Which family a disparity belongs to is settled once all are known. */
const UNASSIGNED = { q: null, family: 'descriptive', adjustment: 'none' } as const;

/** A disparity that does not exist, with the reason. */
export function missingDisparity(study: GroupingStudy, metric: string, note: string): Disparity {
  return { attribute: study.attribute, metric, value: null, interval: null, tolerance: null, verdict: null, p: null, p_parity: null,
    ...UNASSIGNED, alias_of: null, expected_at_parity: null, detectable: null, rows_needed: null, groups: [], component: null,
    reference: study.levels[study.reference] ?? null, hidden: [], note };
}

export interface DisparityFacts {
  readonly metric: string;
  readonly value: number | null;
  readonly tolerance: number | null;
  /** Positions of the pair behind the value. */
  readonly pair: readonly number[];
  /** Denominator of each compared group, by position in the levels; absent groups have none. */
  readonly denominators: ReadonlyMap<number, number>;
  readonly question: Omit<GapQuestion, 'level' | 'complete' | 'rows' | 'tested'>;
  readonly expected: Expected | null;
  readonly detectable: (critical: number) => number | null;
  readonly component?: string;
  readonly note?: string | null;
}

function notes(study: GroupingStudy, { denominators, note, question }: DisparityFacts, withinParity: boolean): string | null {
  const compared = denominators.size, all = study.levels.length;
  const parts: string[] = [];
  if (note !== undefined && note !== null) parts.push(note);
  if (compared < all) {
    parts.push(`${withinParity ? 'parity among ' : ''}${compared} of ${all} groups; the others have no rows to compare, so parity of all cannot be shown`);
  }
  if (question.null.sorted === null) parts.push(`more than ${MAXIMUM_DRAWN_GROUPS} groups: the critical value is the union bound over all pairs`);
  return parts.length === 0 ? null : parts.join('; ');
}

/** A disparity with its interval, tests and verdict. */
export function disparityRow(study: GroupingStudy, facts: DisparityFacts): Disparity {
  const { level, minimum } = study.settings;
  const { denominators, tolerance, metric, value } = facts;
  // Rows of the whole attribute, not of the denominators alone: who is told how many are needed collects people, not positives.
  const rows = study.sizes.reduce((sum, n) => sum + n, 0);
  const question = { ...facts.question, rows, complete: denominators.size === study.levels.length, tested: tolerance !== null };
  const answer = assessGap({ ...question, level });
  study.intervals.set(metric, (other) => assessGap({ ...question, tested: false, level: other }).interval);
  const { interval, p, p_parity, verdict, rows_needed } = answer;
  const withinParity = p_parity !== null && p_parity <= (1 - level) / 2;
  return { attribute: study.attribute, metric, value, interval, tolerance, verdict, p, p_parity, ...UNASSIGNED, alias_of: null,
    expected_at_parity: facts.expected, detectable: tolerance === null ? null : facts.detectable(answer.critical), rows_needed,
    groups: facts.pair.map((group) => study.levels[group]!), component: facts.component ?? null, reference: study.levels[study.reference] ?? null,
    hidden: study.levels.filter((_, group) => (denominators.get(group) ?? minimum) < minimum), note: notes(study, facts, withinParity) };
}

/** The same estimand under another name: it copies everything but, for a complement, the order of the pair. */
export function aliasRow(original: Disparity, metric: string, reversed: boolean): Disparity {
  return { ...original, metric, alias_of: original.metric, groups: reversed ? original.groups.toReversed() : original.groups };
}
