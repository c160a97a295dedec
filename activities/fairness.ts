import { auditFairness, type FairnessAudit, type ScoredAudit } from '../models/fairness/audit-fairness.ts';
import { combinations } from '../models/fairness/audit-rows.ts';
import { groupingRule, type GroupingRule } from '../models/fairness/groups.ts';
import { automaticHeadline, DISPARITY_NAMES, headlineMetric, QUANTITY_NAMES } from '../models/fairness/headline.ts';
import type { Design } from '../models/fairness/influence.ts';
import { marginal } from '../models/fairness/marginal.ts';
import type { CountedRows, Tally } from '../models/fairness/tally.ts';
import type { Column } from '../models/table.ts';
import { inputOf, putJson } from './artifacts.ts';
import type { DataConfig, FairnessConfig, ModelConfig } from './audit-config.ts';
import { auditedDecisions, type AuditedDecisions } from './audited-decisions.ts';
import { checkReferenced, checkStrata, namedReference } from './check-groups.ts';
import { classCounts } from './class-counts.ts';
import { countParts, MAXIMUM_GROUPS, occurringLevels } from './count-parts.ts';
import { DataError } from './data-error.ts';
import { loadColumns, loadProfile } from './dataset-parts.ts';
import { sampleEncoded, type EncodedSample } from './encoded-sample.ts';
import { storeDecisions, type Decisions } from './load-decisions.ts';
import { columnOf, labelsOf, type Dataset } from './load-dataset.ts';
import { loadEncoded } from './load-encoded.ts';
import { referenceDecisions, withSurrogate } from './reference-decisions.ts';
import type { Stage, StageContext } from './stage.ts';
import type { StageInput } from './types.ts';

export interface FairnessStageConfig {
  readonly fairness: FairnessConfig;
  readonly data: DataConfig;
  readonly reference: ModelConfig['reference'];
}

/** Encoded rows that are enough for a surrogate of the decisions and for consistency. */
const MOST_ENCODED = 200_000;

/** The columns that the stage reads whole: what decides, weighs or clusters, and numbers whose groups depend on all of them. */
function columnsNeeded({ data, fairness: { strata } }: FairnessStageConfig, numbers: ReadonlySet<string>): ReadonlySet<string> {
  const single = [data.label, data.score, data.prediction, data.weight, data.cluster, data.sequence].filter((name) => name !== null);
  return new Set([...single, ...[...data.protected, ...strata].filter((name) => numbers.has(name) && !Object.hasOwn(data.bins, name))]);
}

type Attribute = { readonly name: string; readonly rule: GroupingRule };

function attributesOf(dataset: Dataset, { data, fairness: { strata } }: FairnessStageConfig): Attribute[] {
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
function groupingsOf(tally: Tally, { data, fairness: { intersections, reference } }: FairnessStageConfig): { groupings: FairnessAudit['groupings']; notes: string[] } {
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

function checkTolerances(tolerance: FairnessConfig['tolerance']): void {
  for (const name of Object.keys(tolerance)) {
    if (name !== 'default' && headlineMetric(name) === null) {
      throw new DataError('unknown-metric', `fairness.tolerance names ${JSON.stringify(name)}, which is no disparity; there are ${METRICS}`);
    }
  }
}

function headlineOf(config: FairnessConfig['headline'], source: Decisions['source'] | null, hasLabel: boolean): readonly string[] {
  if (config === 'auto') return automaticHeadline({ source, hasLabel });
  return config.map((name) => {
    const metric = headlineMetric(name);
    if (metric === null) throw new DataError('unknown-metric', `fairness.headline names ${JSON.stringify(name)}, which is no disparity; there are ${METRICS}`);
    return metric;
  });
}

/** Rows that are not independent of each other share a unit: their cluster, else their sequence; null when each stands alone. */
function unitsOf(dataset: Pick<Dataset, 'table'>, { cluster, sequence }: DataConfig): Int32Array | null {
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
export function designOf(dataset: Pick<Dataset, 'table' | 'rowNumbers'>, data: DataConfig): Design | null {
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

interface Material {
  readonly decisions: Decisions | null;
  readonly scoreRange: readonly [number, number];
  readonly notes: readonly string[];
  /** Of a label that is a quantity: what was predicted, NaN missing. */
  readonly predicted: Float64Array | null;
  readonly sample: EncodedSample | null;
}

/** The predicted quantity: the score, else a prediction that is a number. */
function predictedQuantity({ table }: Dataset, { score, prediction }: DataConfig): Float64Array | null {
  const name = score ?? prediction;
  if (name === null) return null;
  const column = columnOf(table, name);
  if (column.kind === 'number') return column.values;
  throw new DataError('score-not-number', `the label is a quantity, and column ${JSON.stringify(name)} that predicts it holds text; name a column of numbers as data.score`);
}

/** Sampled rows of an array over all rows. */
function at(values: Uint8Array, rows: Uint32Array | null): Uint8Array {
  return rows === null ? values : Uint8Array.from(rows, (row) => values[row]!);
}

/** Decisions as the data holds them, with a surrogate fitted on a sample of the rows. */
function withSampledSurrogate(audited: AuditedDecisions, { encoded, rows }: EncodedSample): Decisions {
  const { source, description, threshold, score, decision } = audited;
  const { surrogate } = withSurrogate({ ...audited, score: null, decision: at(decision, rows) }, encoded);
  return { source, description, threshold, score, decision, surrogate };
}

async function decisionsOf(dataset: Dataset, { config, seed, inputs }: StageInput<FairnessStageConfig>, context: StageContext): Promise<Material> {
  const { data } = config, encode = inputOf(inputs, 'encode'), base = { predicted: null, sample: null, scoreRange: [0, 1] as const };
  const quantity = data.label !== null && dataset.profile.label === null;
  if (quantity && data.threshold === null) {
    const predicted = predictedQuantity(dataset, data);
    if (predicted !== null) return { ...base, decisions: null, predicted, notes: [`${data.label} is a quantity: errors of its prediction are compared between groups; their gaps are judged with a tolerance of their own (fairness.tolerance) only`] };
  }
  const audited = auditedDecisions(dataset, data);
  if (audited !== null) {
    const sample = await sampleEncoded(context.store, encode, MOST_ENCODED, seed);
    return { ...base, decisions: withSampledSurrogate(audited, sample), scoreRange: audited.scoreRange, notes: audited.notes, sample };
  }
  const labels = labelsOf(dataset);
  if (labels === null || config.reference === 'none') {
    const lacking = data.label === null ? 'a label' : `a yes-or-no label: ${data.label} is a quantity`;
    return { ...base, decisions: null, notes: [labels === null ? `there is neither a decision nor ${lacking}` : 'there is no decision, and model.reference is none: only the labels are audited'] };
  }
  const progress = (fraction: number, detail: string): void => {
    context.signal.throwIfAborted();
    context.progress({ fraction: fraction * 0.4, detail });
  };
  const encoded = await loadEncoded(context.store, encode);
  const decisions = referenceDecisions({ encoded, labels, units: unitsOf(dataset, data), seed, threshold: data.threshold, progress });
  return { ...base, decisions, sample: { encoded, rows: null }, notes: ['the data holds no decision: label gaps decide the verdict, and the reference classifier shows what a plain model would learn'] };
}

/** What scores need row by row; null without scores. */
function scoredOf(dataset: Dataset, { cellOfRow }: CountedRows, { decisions, predicted, scoreRange }: Material, labels: Uint8Array | null, { label }: DataConfig, design: Design | null): ScoredAudit | null {
  if (predicted !== null && label !== null) {
    const column = columnOf(dataset.table, label);
    return column.kind === 'number' ? { cellOfRow, scores: predicted, scoreRange, labels: null, quantity: column.values, design } : null;
  }
  const scores = decisions?.score ?? null;
  return scores === null ? null : { cellOfRow, scores, scoreRange, labels, quantity: null, design };
}

function populationOf(rows: number, labels: Uint8Array | null, decisions: Decisions | null): string {
  const labelled = labels === null ? 0 : labels.reduce((sum, label) => sum + Number(label !== 255), 0);
  const unlabelled = labels === null || labelled === rows ? '' : `; ${rows - labelled} without a label are left out of label metrics`;
  const how = decisions?.source === 'reference' ? ', each predicted by a fit that never saw it' : '';
  return `all ${rows} usable rows${unlabelled}${how}; conditional on these decisions as they are`;
}

export const fairness: Stage<FairnessStageConfig> = {
  name: 'fairness',
  version: 7,
  async run(input, context) {
    const { config, inputs, seed } = input;
    checkTolerances(config.fairness.tolerance);
    const { store } = context, ingest = inputOf(inputs, 'ingest'), { columns } = await loadProfile(store, ingest);
    const numbers = new Set(columns.filter(({ kind }) => kind === 'number').map(({ name }) => name));
    const dataset = await loadColumns(store, ingest, columnsNeeded(config, numbers));
    const attributes = attributesOf(dataset, config), labels = labelsOf(dataset), design = designOf(dataset, config.data);
    const material = await decisionsOf(dataset, input, context), { decisions, sample } = material;
    const judged = config.data.protected.length;
    const counted = await countParts(store, ingest, { attributes, labels, decisions: decisions?.decision ?? null, design }, judged);
    const { groupings, notes } = groupingsOf(counted.tally, config), { classes, notes: classNotes } = classCounts(dataset, config.data, counted, design);
    const { headline, level, tolerance, ratio, minimum } = config.fairness, rows = dataset.table.rows;
    const result = auditFairness({ tally: counted.tally, groupings, strata: config.fairness.strata.map((_, i) => judged + i), hasLabel: labels !== null, labelName: dataset.profile.label,
      decisions, scored: scoredOf(dataset, counted, material, labels, config.data, design), classes, rows, population: populationOf(rows, labels, decisions),
      features: decisions === null || sample === null ? null : { x: sample.encoded.x, decisions: at(decisions.decision, sample.rows) },
      headline: headlineOf(headline, decisions?.source ?? null, labels !== null), settings: { level, tolerance, ratio, minimum, seed },
      notes: [...notes, ...material.notes, ...classNotes, ...designNotes(config.data)],
      progress: (fraction, detail) => {
        context.signal.throwIfAborted();
        context.progress({ fraction: 0.4 + 0.6 * fraction, detail });
      } });
    return { artifacts: { summary: [await putJson(store, result)], ...await storeDecisions(store, decisions) },
      summary: { verdict: result.verdict, findings: result.findings.filter(({ survives }) => survives).length, headline: result.comparisons.headline,
        exploratory: result.comparisons.exploratory, decisions: result.decisions?.source ?? null } };
  },
};
