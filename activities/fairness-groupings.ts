import type { FairnessAudit } from '../models/fairness/audit-fairness.ts';
import { combinations } from '../models/fairness/audit-rows.ts';
import { groupingRule, type GroupingRule } from '../models/fairness/groups.ts';
import { automaticHeadline, DISPARITY_NAMES, headlineMetric, QUANTITY_NAMES } from '../models/fairness/headline.ts';
import { marginal } from '../models/fairness/marginal.ts';
import type { Tally } from '../models/fairness/tally.ts';
import type { FairnessConfig, FairnessStageConfig } from './audit-config.ts';
import { checkReferenced, checkStrata, namedReference } from './check-groups.ts';
import { MAXIMUM_GROUPS, occurringLevels } from './count-parts.ts';
import { DataError } from './data-error.ts';
import type { Dataset } from './load-dataset.ts';
import type { Decisions } from './load-decisions.ts';

/** A protected attribute or stratum, and how its values become groups. */
export type Attribute = { readonly name: string; readonly rule: GroupingRule };

/** Protected attributes, then strata. */
export function attributesOf(dataset: Pick<Dataset, 'table' | 'profile'>, { data, fairness: { strata } }: FairnessStageConfig): Attribute[] {
  checkStrata(strata, dataset.profile.columns.map(({ name }) => name));
  const attribute = (name: string, edges?: readonly number[]): Attribute => {
    if (edges !== undefined) return { name, rule: { kind: 'bins', edges } };
    const column = dataset.table.columns.find((each) => each.name === name);
    return { name, rule: column === undefined ? { kind: 'category' } : groupingRule(column) };
  };
  return [...data.protected.map((name) => attribute(name, Object.hasOwn(data.bins, name) ? data.bins[name] : undefined)), ...strata.map((name) => attribute(name))];
}

function refuseOneGroup(tally: Tally, judged: number): void {
  for (let a = 0; a < judged; a++) {
    const levels = occurringLevels(tally, a);
    if (levels.length >= 2) continue;
    throw new DataError('one-group', `the protected attribute ${JSON.stringify(tally.attributes[a]!.name)} has one group only (${JSON.stringify(levels[0] ?? '')}); nothing can be compared: leave it out of data.protected or give it bins`);
  }
}

/** Single attributes and the intersections that are small enough. */
export function groupingsOf(tally: Tally, { data, fairness: { intersections, reference } }: FairnessStageConfig): { groupings: FairnessAudit['groupings']; notes: string[] } {
  refuseOneGroup(tally, data.protected.length);
  const notes: string[] = [], known: string[] = [];
  const chosen = Array.from({ length: Math.min(Math.max(1, intersections), data.protected.length) }, (_, i) => combinations(data.protected.length, i + 1)).flat();
  const groupings = chosen.flatMap((attributes) => {
    const { attribute, levels } = marginal(tally, attributes);
    if (levels.length > MAXIMUM_GROUPS) {
      notes.push(`${attribute} has ${levels.length} groups, more than ${MAXIMUM_GROUPS}: not compared`);
      return [];
    }
    known.push(attribute);
    return [{ attributes, reference: namedReference(attribute, levels, reference) }];
  });
  checkReferenced(reference, known);
  if (data.protected.length === 0) notes.push('no protected attribute is named (data.protected): nothing is compared between groups');
  return { groupings, notes };
}

const METRICS = [...DISPARITY_NAMES, ...QUANTITY_NAMES].join(', ');

export function checkTolerances(tolerance: FairnessConfig['tolerance']): void {
  for (const name of Object.keys(tolerance)) {
    if (name !== 'default' && headlineMetric(name) === null) {
      throw new DataError('unknown-metric', `fairness.tolerance names ${JSON.stringify(name)}, which is no disparity; there are ${METRICS}`);
    }
  }
}

export function headlineOf(config: FairnessConfig['headline'], source: Decisions['source'] | null, hasLabel: boolean): readonly string[] {
  if (config === 'auto') return automaticHeadline({ source, hasLabel });
  return config.map((name) => {
    const metric = headlineMetric(name);
    if (metric === null) throw new DataError('unknown-metric', `fairness.headline names ${JSON.stringify(name)}, which is no disparity; there are ${METRICS}`);
    return metric;
  });
}
