import { auditFairness, type FairnessAudit } from '../models/fairness/audit-fairness.ts';
import { groupBy, intersect } from '../models/fairness/groups.ts';
import { automaticHeadline, DISPARITY_NAMES, headlineMetric } from '../models/fairness/headline.ts';
import type { Column, Grouping } from '../models/table.ts';
import { inputOf, putJson } from './artifacts.ts';
import type { DataConfig, FairnessConfig, ModelConfig } from './audit-config.ts';
import { auditedDecisions } from './audited-decisions.ts';
import { DataError } from './data-error.ts';
import { storeDecisions, type Decisions } from './load-decisions.ts';
import { columnOf, labelsOf, loadDataset, type Dataset } from './load-dataset.ts';
import { loadEncoded, type Encoded } from './load-encoded.ts';
import { referenceDecisions, withSurrogate } from './reference-decisions.ts';
import type { Stage, StageContext } from './stage.ts';
import type { StageInput } from './types.ts';

export interface FairnessStageConfig {
  readonly fairness: FairnessConfig;
  readonly data: DataConfig;
  readonly reference: ModelConfig['reference'];
}

/** Pairs of groups grow with the square: an intersection beyond this is left out, and said so. */
const MAXIMUM_GROUPS = 500;

/** Combinations of `size` of the groupings, in order. */
function combinations(groupings: readonly Grouping[], size: number): Grouping[][] {
  if (size === 0) return [[]];
  return groupings.flatMap((first, i) => combinations(groupings.slice(i + 1), size - 1).map((rest) => [first, ...rest]));
}

function singleGroupings(dataset: Dataset, { data }: FairnessStageConfig): Grouping[] {
  return data.protected.map((name) => {
    const grouping = groupBy(columnOf(dataset.table, name), Object.hasOwn(data.bins, name) ? data.bins[name] : undefined);
    if (grouping.levels.length < 2) {
      throw new DataError('one-group', `the protected attribute ${JSON.stringify(name)} has one group only (${JSON.stringify(grouping.levels[0] ?? '')}); nothing can be compared: leave it out of data.protected or give it bins`);
    }
    if (grouping.levels.length > MAXIMUM_GROUPS) {
      throw new DataError('too-many-groups', `the protected attribute ${JSON.stringify(name)} has ${grouping.levels.length} groups, more than ${MAXIMUM_GROUPS}; give it bins (data.bins) or name a coarser column`);
    }
    return grouping;
  });
}

function namedReference(grouping: Grouping, reference: FairnessConfig['reference']): string | null {
  if (!Object.hasOwn(reference, grouping.attribute)) return null;
  const name = reference[grouping.attribute]!;
  if (grouping.levels.includes(name)) return name;
  throw new DataError('unknown-reference', `fairness.reference names ${JSON.stringify(name)} for ${grouping.attribute}, whose groups are ${grouping.levels.slice(0, 20).map((level) => JSON.stringify(level)).join(', ')}`);
}

function groupingsOf(dataset: Dataset, config: FairnessStageConfig): { groupings: FairnessAudit['groupings']; notes: string[] } {
  const { intersections, reference } = config.fairness;
  const singles = singleGroupings(dataset, config);
  const notes: string[] = [];
  const crossed: Grouping[] = [];
  for (let size = 2; size <= Math.min(intersections, singles.length); size++) {
    for (const combination of combinations(singles, size)) {
      const grouping = intersect(combination);
      if (grouping.levels.length <= MAXIMUM_GROUPS) crossed.push(grouping);
      else notes.push(`${grouping.attribute} has ${grouping.levels.length} groups, more than ${MAXIMUM_GROUPS}: not compared`);
    }
  }
  const known = new Set([...singles, ...crossed].map(({ attribute }) => attribute));
  for (const attribute of Object.keys(reference)) {
    if (!known.has(attribute)) throw new DataError('unknown-reference', `fairness.reference names the attribute ${JSON.stringify(attribute)}; there are ${[...known].join(', ') || 'none'}`);
  }
  if (singles.length === 0) notes.push('no protected attribute is named (data.protected): nothing is compared between groups');
  return { groupings: [...singles.map((grouping) => ({ grouping, single: true })), ...crossed.map((grouping) => ({ grouping, single: false }))]
    .map((each) => ({ ...each, reference: namedReference(each.grouping, reference) })), notes };
}

/** @throws DataError `unknown-column` when a declared stratum is no column. */
function strataOf({ table }: Dataset, strata: readonly string[]): Grouping | null {
  const unknown = strata.find((name) => table.columns.every((column) => column.name !== name));
  if (unknown !== undefined) {
    throw new DataError('unknown-column', `fairness.strata names the column ${JSON.stringify(unknown)}, which the data does not have; its columns are ${table.columns.slice(0, 30).map(({ name }) => JSON.stringify(name)).join(', ')}`);
  }
  return strata.length === 0 ? null : intersect(strata.map((name) => groupBy(columnOf(table, name))));
}

function checkTolerances(tolerance: FairnessConfig['tolerance']): void {
  for (const name of Object.keys(tolerance)) {
    if (name !== 'default' && headlineMetric(name) === null) {
      throw new DataError('unknown-metric', `fairness.tolerance names ${JSON.stringify(name)}, which is no disparity; there are ${DISPARITY_NAMES.join(', ')}`);
    }
  }
}

function headlineOf(config: FairnessConfig['headline'], source: Decisions['source'] | null, hasLabel: boolean): readonly string[] {
  if (config === 'auto') return automaticHeadline({ source, hasLabel });
  return config.map((name) => {
    const metric = headlineMetric(name);
    if (metric === null) throw new DataError('unknown-metric', `fairness.headline names ${JSON.stringify(name)}, which is no disparity; there are ${DISPARITY_NAMES.join(', ')}`);
    return metric;
  });
}

/** Rows that are not independent of each other share a unit: their cluster, else their sequence; null when each stands alone. */
function unitsOf(dataset: Dataset, { cluster, sequence }: DataConfig): Int32Array | null {
  const name = cluster ?? sequence;
  return name === null ? null : unitCodes(columnOf(dataset.table, name));
}

/** Codes 0 … of a column's values; rows without one are units of their own. */
function unitCodes(column: Column): Int32Array {
  const codes = new Map<number, number>();
  let next = 0;
  return Int32Array.from({ length: column.kind === 'number' ? column.values.length : column.codes.length }, (_, row) => {
    const value = column.kind === 'number' ? column.values[row]! : column.codes[row]!;
    if (Number.isNaN(value) || (column.kind === 'category' && value < 0)) return next++;
    const known = codes.get(value);
    if (known !== undefined) return known;
    codes.set(value, next);
    return next++;
  });
}

/** Probability weights and clusters as declared; a sequence's steps form a cluster. */
export function designOf(dataset: Dataset, data: DataConfig): FairnessAudit['design'] {
  const clusters = unitsOf(dataset, data);
  if (data.weight === null) return clusters === null ? null : { weights: null, clusters };
  const column = columnOf(dataset.table, data.weight);
  if (column.kind === 'category') throw new DataError('weight-not-number', `column ${JSON.stringify(data.weight)} is data.weight, but it holds text; a weight is a number`);
  const strange = column.values.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (strange >= 0) {
    throw new DataError('weight-value', `row ${dataset.rowNumbers[strange]} has the weight ${column.values[strange]} in ${JSON.stringify(data.weight)}; a probability weight is a number that is not negative`);
  }
  return { weights: column.values, clusters };
}

function designNotes({ weight, cluster, sequence }: DataConfig): string[] {
  const unit = cluster ?? sequence;
  return [
    ...(weight === null ? [] : [`rates are weighted by ${weight}, taken for probability weights; the reference classifier is fitted without them`]),
    ...(unit === null ? [] : [`rows of one ${unit} are not taken for independent: intervals are linearised over ${unit}, Student's t with one degree less than there are`]),
  ];
}

interface Material { readonly decisions: Decisions | null; readonly scoreRange: readonly [number, number]; readonly notes: readonly string[] }

function decisionsOf(dataset: Dataset, encoded: Encoded, { config, seed }: StageInput<FairnessStageConfig>, context: StageContext): Material {
  const audited = auditedDecisions(dataset, config.data);
  if (audited !== null) return { decisions: withSurrogate(audited, encoded), scoreRange: audited.scoreRange, notes: audited.notes };
  const labels = labelsOf(dataset);
  const scoreRange = [0, 1] as const;
  if (labels === null || config.reference === 'none') {
    return { decisions: null, scoreRange, notes: [labels === null ? `there is neither a decision nor ${config.data.label === null ? 'a label' : `a yes-or-no label: ${config.data.label} is a quantity`}` : 'there is no decision, and model.reference is none: only the labels are audited'] };
  }
  const progress = (fraction: number, detail: string): void => {
    context.signal.throwIfAborted();
    context.progress({ fraction: fraction * 0.4, detail });
  };
  const decisions = referenceDecisions({ encoded, labels, units: unitsOf(dataset, config.data), seed, threshold: config.data.threshold, progress });
  return { decisions, scoreRange, notes: ['the data holds no decision: label gaps decide the verdict, and the reference classifier shows what a plain model would learn'] };
}

function populationOf(rows: number, labels: Uint8Array | null, decisions: Decisions | null): string {
  const labelled = labels === null ? 0 : labels.reduce((sum, label) => sum + Number(label !== 255), 0);
  const unlabelled = labels === null || labelled === rows ? '' : `; ${rows - labelled} without a label are left out of label metrics`;
  const how = decisions?.source === 'reference' ? ', each predicted by a fit that never saw it' : '';
  return `all ${rows} usable rows${unlabelled}${how}; conditional on these decisions as they are`;
}

export const fairness: Stage<FairnessStageConfig> = {
  name: 'fairness',
  version: 2,
  async run(input, context) {
    const { config, inputs, seed } = input;
    checkTolerances(config.fairness.tolerance);
    const dataset = await loadDataset(context.store, inputOf(inputs, 'ingest'));
    const encoded = await loadEncoded(context.store, inputOf(inputs, 'encode'));
    const { groupings, notes } = groupingsOf(dataset, config);
    const labels = labelsOf(dataset), declared = strataOf(dataset, config.fairness.strata);
    const { decisions, scoreRange, notes: decisionNotes } = decisionsOf(dataset, encoded, input, context);
    const { headline, ...rules } = config.fairness;
    const design = designOf(dataset, config.data);
    const result = auditFairness({ groupings, labels, labelName: dataset.profile.label, decisions, scores: decisions?.score ?? null, scoreRange, design, features: encoded.x, rows: dataset.table.rows,
      strata: declared,
      population: populationOf(dataset.table.rows, labels, decisions), headline: headlineOf(headline, decisions?.source ?? null, labels !== null),
      settings: { level: rules.level, tolerance: rules.tolerance, ratio: rules.ratio, minimum: rules.minimum, seed }, notes: [...notes, ...decisionNotes, ...designNotes(config.data)],
      progress: (fraction, detail) => {
        context.signal.throwIfAborted();
        context.progress({ fraction: 0.4 + 0.6 * fraction, detail });
      } });
    return { artifacts: { summary: [await putJson(context.store, result)], ...await storeDecisions(context.store, decisions) },
      summary: { verdict: result.verdict, findings: result.findings.filter(({ survives }) => survives).length, headline: result.comparisons.headline,
        exploratory: result.comparisons.exploratory, decisions: result.decisions?.source ?? null } };
  },
};
