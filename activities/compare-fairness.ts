import { measuredEffect, TEXT } from '../models/compare/effect.ts';
import { LIMITS } from '../models/compare/judge.ts';
import type { RowMatch } from '../models/compare/match-rows.ts';
import { rateChange, rateInterval } from '../models/compare/paired-rates.ts';
import { eitherEnds, separateEnds } from '../models/compare/separate-ends.ts';
import type { Effect } from '../models/compare/types.ts';
import type { Disparity } from '../models/fairness/types.ts';
import { wilson } from '../models/stats/wilson.ts';
import { PairedChanges } from './compare-changes.ts';
import { designedGaps } from './compare-designed.ts';
import { ownerOf, PAIRED, pairGap, scaleOf } from './compare-gaps.ts';
import { largestGap } from './compare-largest.ts';
import { countGroups, groupsOf } from './compare-outcomes.ts';
import type { ComparedSide } from './compare-side.ts';
import { designOf } from './row-design.ts';

const keyOf = ({ attribute, metric }: Pick<Disparity, 'attribute' | 'metric'>): string => JSON.stringify([attribute, metric]);

interface Facts {
  readonly fairnessLevel: number;
  readonly level: number;
  readonly unchanged: boolean;
  readonly decided: boolean;
  /** Null where rows are weighted or clustered. */
  readonly changes: PairedChanges | null;
}

const UNBOUNDED = 'one of the two has no bound: too few rows of an outcome in some group';

/** Change of a disparity of all groups at once, by the rows of both audits where they tell it, and by its limits in either. */
function wholeGap(side: ComparedSide, before: Disparity, after: Disparity, { unchanged, decided, changes, fairnessLevel: from, level }: Facts): Effect | null {
  if (before.value === null || after.value === null) return null;
  const value = after.value - before.value, exact = (unchanged && before.metric.startsWith('base_rate')) || (decided && value === 0);
  const found = exact ? { interval: [value, value] as const, paired: false } : eitherEnds((at) => (changes === null ? null : largestGap(changes, before, after, at)), (at) => separateEnds(before, after, { from, level: at }), level);
  if (found === null) return null;
  const unbounded = !found.interval.every(Number.isFinite);
  return measuredEffect({ kind: 'disparity', subject: before.attribute, measure: before.metric, before: before.value, after: after.value, value: unbounded ? null : value, interval: unbounded ? null : found.interval, ...scaleOf(before.metric),
    what: `${before.attribute}: ${ownerOf(side, before.metric)} ${before.metric.replaceAll('_', ' ')} changes by`, note: unbounded ? UNBOUNDED : exact ? `the same rows${decided ? ', labels and decisions' : ' and labels'}` : found.paired ? PAIRED : 'not paired: wider than need be' });
}

/** Whether rows count one each and stand alone: paired variances hold for no others. */
function isPlain({ dataset, config }: ComparedSide): boolean {
  return designOf(dataset, config.data) === null;
}

/** Whether both hold the same rows with the same values, ids apart. */
function sameRows(before: ComparedSide, after: ComparedSide, { first, second }: RowMatch): boolean {
  return first.length === before.keys.length && second.length === after.keys.length && first.every((row, k) => before.content[row] === after.content[second[k]!]);
}

/** Whether both decide each of the same rows alike, by the same score. */
function sameDecisions({ decisions: a }: ComparedSide, { decisions: b }: ComparedSide, { first, second }: RowMatch): boolean {
  if (a === null || b === null) return a === b;
  const alike = (x: ArrayLike<number> | null, y: ArrayLike<number> | null): boolean => (x === null || y === null ? x === y : first.every((row, k) => Object.is(x[row], y[second[k]!])));
  return alike(a.decision, b.decision) && alike(a.score, b.score);
}

/** Change of every disparity that both audits have, each once. Level: simultaneous over them (Bonferroni). */
export function disparityEffects(before: ComparedSide, after: ComparedSide, match: RowMatch, level: number): readonly Effect[] {
  const first = before.documents.fairness, second = after.documents.fairness;
  if (first === null || second === null) return [];
  const others = new Map(second.disparities.map((gap) => [keyOf(gap), gap])), own = first.disparities.filter((gap) => gap.alias_of === null && others.has(keyOf(gap)));
  const each = 1 - (1 - level) / Math.max(1, own.length), unchanged = sameRows(before, after, match);
  // What decides the verdict leads.
  own.sort((a, b) => Number(b.family === 'headline') - Number(a.family === 'headline'));
  const changes = isPlain(before) && isPlain(after) ? new PairedChanges(before, after, match) : null;
  const facts = { fairnessLevel: first.level, level: each, unchanged, decided: unchanged && sameDecisions(before, after, match), changes };
  const designed = changes === null ? designedGaps(before, after, match) : null;
  return own.map((gap) => (changes === null ? designed?.(gap, each) ?? null : pairGap(before, changes, gap, each)) ?? wholeGap(before, gap, others.get(keyOf(gap))!, facts)).filter((effect) => effect !== null);
}

/** Groups that came or went. A group so small that chance could hide it is not told from gone. */
export function groupEffects(before: ComparedSide, after: ComparedSide, level: number): readonly Effect[] {
  return before.config.data.protected.flatMap((attribute) => {
    const groups = groupsOf(before, attribute), others = groups === null ? null : groupsOf(after, attribute, groups.rule);
    if (groups === null || others === null) return [];
    const a = countGroups(groups), b = countGroups(others), n = before.keys.length, m = after.keys.length;
    const gone = [...a].filter(([group]) => !b.has(group)).map(([group, count]) => groupEffect(attribute, group, 'gone', [count, n], [0, m], level));
    const fresh = [...b].filter(([group]) => !a.has(group)).map(([group, count]) => groupEffect(attribute, group, 'new', [0, n], [count, m], level));
    return [...gone, ...fresh];
  });
}

function groupEffect(attribute: string, group: string, measure: 'gone' | 'new', before: readonly [number, number], after: readonly [number, number], level: number): Effect {
  const [count, rows] = measure === 'gone' ? before : after, [low] = wilson(count, rows, level), [, high] = measure === 'gone' ? wilson(...after, level) : wilson(...before, level);
  const told = low > high, [least, most] = wilson(count, rows, level);
  return { kind: 'group', subject: `${attribute} = ${group}`, measure, before: before[0] / before[1], after: after[0] / after[1], value: after[0] / after[1] - before[0] / before[1], interval: measure === 'gone' ? [-most, -least] : [least, most], limit: null, verdict: told ? 'changed' : 'undecided',
    sentence: `${attribute}: the group ${group} (${count} of ${rows} rows) is ${measure}${told ? '' : ', which chance alone can do to so small a group'}`, note: null };
}

/** Share of rows that are flagged as outliers. */
export function outlierEffects(before: ComparedSide, after: ComparedSide, match: RowMatch, level: number): readonly Effect[] {
  if (before.outliers === null || after.outliers === null || before.outliers.summary.calibrated !== after.outliers.summary.calibrated) return [];
  const change = rateChange(before.outliers.flagged, after.outliers.flagged, match);
  return change === null || !before.outliers.summary.calibrated ? [] : [measuredEffect({ kind: 'outliers', subject: 'flagged rows', measure: 'flagged_share', before: change.before, after: change.after, value: change.value, interval: rateInterval(change, level), limit: LIMITS.share,
    text: TEXT.share, what: 'outliers: the share of flagged rows changes by' })];
}
