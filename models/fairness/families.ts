import { benjaminiHochberg, benjaminiYekutieli, holm } from '../stats/adjust.ts';
import type { Disparity, FairnessResult, Interval } from './types.ts';

interface Family {
  readonly name: string;
  readonly adjustment: string;
  readonly adjust: (p: readonly number[]) => number[];
}

const HEADLINE: Family = { name: 'headline', adjustment: 'holm', adjust: holm };
const EXPLORATORY: Family = { name: 'exploratory', adjustment: 'benjamini-hochberg', adjust: benjaminiHochberg };

function key(attribute: string, metric: string): string {
  return JSON.stringify([attribute, metric]);
}

/**
 * Puts each tested estimand in one family: headline metrics of single attributes (Holm), everything else (Benjamini–Hochberg).
 * An alias copies p, q and family of the estimand it names and is not counted again.
 * @param headline names of disparities; an alias stands for its estimand
 * @param singles attributes that are no intersection
 */
export function assignFamilies(rows: readonly Disparity[], headline: readonly string[], singles: ReadonlySet<string>): Disparity[] {
  const isHeadline = new Set(rows.filter(({ metric, attribute }) => headline.includes(metric) && singles.has(attribute))
    .map(({ attribute, metric, alias_of }) => key(attribute, alias_of ?? metric)));
  const assigned = new Map<string, Pick<Disparity, 'q' | 'family' | 'adjustment'>>();
  for (const family of [HEADLINE, EXPLORATORY]) {
    const members = rows.filter(({ attribute, metric, alias_of, p }) =>
      alias_of === null && p !== null && isHeadline.has(key(attribute, metric)) === (family === HEADLINE));
    const q = family.adjust(members.map(({ p }) => p!));
    members.forEach(({ attribute, metric }, i) => assigned.set(key(attribute, metric), { q: q[i]!, family: family.name, adjustment: family.adjustment }));
  }
  return rows.map((row) => ({ ...row, ...assigned.get(key(row.attribute, row.alias_of ?? row.metric)) }));
}

/**
 * Intervals of what was selected (Benjamini and Yekutieli 2005, JASA 100): of the m exploratory disparities, the R that survive get the
 * level at which the expected share of selected intervals that miss their value is at most 1 − level.
 * @param intervalAt interval of a disparity at another level; null when it has none
 */
export function selectedIntervals(rows: readonly Disparity[], level: number, intervalAt: (row: Disparity, level: number) => Interval | null): Disparity[] {
  const members = rows.filter((row) => row.family === EXPLORATORY.name && row.alias_of === null && row.p !== null);
  const chosen = new Set(members.filter(({ q, verdict }) => verdict === 'disparity' && q! <= 1 - level).map(({ attribute, metric }) => key(attribute, metric)));
  const adjusted = 1 - ((1 - level) * chosen.size) / Math.max(1, members.length);
  return rows.map((row) => (chosen.has(key(row.attribute, row.alias_of ?? row.metric)) ? { ...row, selected_interval: intervalAt(row, adjusted) } : row));
}

/** Exploratory disparities that survive under every dependence, not only under none or a positive one. */
function underEveryDependence(rows: readonly Disparity[], level: number): number {
  const p = rows.filter((row) => row.family === EXPLORATORY.name && row.alias_of === null && row.p !== null).map((row) => row.p!);
  return benjaminiYekutieli(p).filter((q) => q <= 1 - level).length;
}

/** Estimands tested in each family, and what the procedure promises. */
export function countComparisons(rows: readonly Disparity[], level: number): FairnessResult['comparisons'] {
  const count = (family: string): number => rows.filter((row) => row.alias_of === null && row.p !== null && row.family === family).length;
  const headline = count(HEADLINE.name), exploratory = count(EXPLORATORY.name);
  const alpha = Number((1 - level).toPrecision(6));
  return { headline, exploratory, statement: `${headline} headline comparisons, adjusted by Holm (chance of any false finding at most ${alpha}); ${exploratory} exploratory ones, `
    + `adjusted by Benjamini–Hochberg (at most ${alpha} of those called are false on average when they depend positively; ${underEveryDependence(rows, level)} also survive Benjamini–Yekutieli, which holds under every dependence). Per gap: chance of a false disparity about ${alpha / 2} `
    + `(${alpha} at tolerance 0), of a false parity about ${alpha / 2}, to the normal approximation: at level 0.95 up to 0.035 was simulated for two small groups. "Pass" needs parity of every headline gap and no adjustment (intersection–union).` };
}

/** `findings` when a headline disparity survives Holm, `pass` when every headline gap is at parity, else `undecided`. */
export function auditVerdict(headlineRows: readonly Disparity[], level: number): FairnessResult['verdict'] {
  if (headlineRows.some((row) => survives(row, level))) return 'findings';
  return headlineRows.length > 0 && headlineRows.every(({ verdict }) => verdict === 'parity') ? 'pass' : 'undecided';
}

export function survives({ verdict, q }: Disparity, level: number): boolean {
  return verdict === 'disparity' && q !== null && q <= 1 - level;
}
