import { wilson } from '../stats/wilson.ts';
import type { Grouping } from '../table.ts';
import type { ThinRows } from './thinness.ts';
import type { DebiasRule } from './types.ts';

const LEVEL = 0.95;
const NAMED = 8;
/** A share that falls by less than this part of itself stays as it is. */
const LEAST_FALL = 0.01;

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

interface Fall {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** Share among the thinnest rows and among all that are no outliers. */
  readonly thin: number;
  readonly ordinary: number;
  readonly overRepresented: boolean;
}

function falls({ groups }: DebiasRule, { rows, thinnest }: ThinRows, groupings: readonly Grouping[]): Fall[] {
  return groupings.flatMap(({ attribute, levels, codes }) => {
    const sizes = new Float64Array(levels.length), thinSizes = new Float64Array(levels.length);
    for (const row of rows) sizes[codes[row]!]!++;
    for (const i of thinnest) thinSizes[codes[rows[i]!]!]!++;
    return levels.flatMap((group, code) => {
      const share = groups.find((each) => each.attribute === attribute && each.group === group);
      if (share === undefined || !(share.after < (1 - LEAST_FALL) * share.before)) return [];
      const ordinary = sizes[code]! / rows.length, thin = thinSizes[code]! / thinnest.length;
      return [{ name: `${attribute} = ${group}`, before: share.before, after: share.after, thin, ordinary,
        overRepresented: wilson(thinSizes[code]!, thinnest.length, LEVEL)[0] > ordinary }];
    });
  });
}

/**
 * Who loses weight under a rule: one note for each group that holds more of the thinnest 5 % of rows than of all (by Wilson's 95 %
 * interval) and yet loses, since that is the contrary of what the weights are for, and one that names the groups whose share falls.
 * rule: with `groups` of these groupings.
 */
export function groupNotes(rule: DebiasRule, thin: ThinRows, groupings: readonly Grouping[]): string[] {
  const losing = falls(rule, thin, groupings).sort((a, b) => a.after / a.before - b.after / b.before || (a.name < b.name ? -1 : 1));
  if (losing.length === 0) return [];
  const named = losing.slice(0, NAMED).map(({ name, before, after }) => `${name} ${percent(before)} to ${percent(after)}`);
  const more = losing.length > NAMED ? `, and ${losing.length - NAMED} more` : '';
  return [
    ...losing.filter(({ overRepresented }) => overRepresented).map(({ name, before, after, thin: among, ordinary }) =>
      `${name} makes up ${percent(among)} of the thinnest 5 % of rows but ${percent(ordinary)} of all, and yet loses weight under the rule ${rule.rule}: from ${percent(before)} to ${percent(after)}. These weights do not serve that group.`),
    `Share that falls under the rule ${rule.rule}: ${named.join(', ')}${more}.`,
  ];
}
