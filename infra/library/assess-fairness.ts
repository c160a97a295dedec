import { auditFairness } from '../../models/fairness/audit-fairness.ts';
import { combinations, fromRows, type RowAudit } from '../../models/fairness/audit-rows.ts';
import { groupBy, intersect } from '../../models/fairness/groups.ts';
import { automaticHeadline, DISPARITY_NAMES, headlineMetric } from '../../models/fairness/headline.ts';
import type { FairnessResult } from '../../models/fairness/types.ts';
import { column } from './column.ts';
import type { FairnessQuestion, YesNo } from './fairness-question.ts';

const MISSING = 255;

function marksOf(name: string, values: YesNo): Uint8Array {
  return Uint8Array.from(values, (value, row) => {
    if (value === null || value === undefined || Number.isNaN(value)) return MISSING;
    const mark = Number(value);
    if (mark !== 0 && mark !== 1) throw new RangeError(`${name}[${row}] is ${mark}: expected 1 or true, 0 or false, or null for a missing value`);
    return mark;
  });
}

function sameLength(question: FairnessQuestion): number {
  const { labels, predictions, scores, weights, clusters } = question;
  const lengths = Object.entries({ ...question.protected, labels, predictions, scores, weights, clusters })
    .flatMap(([name, values]) => (values === undefined || values === null ? [] : [[name, values.length] as const]));
  const [first] = lengths;
  if (first === undefined) throw new RangeError('there is nothing to compare: give at least one protected attribute');
  const other = lengths.find(([, length]) => length !== first[1]);
  if (other !== undefined) throw new RangeError(`${first[0]} has ${first[1]} rows and ${other[0]} has ${other[1]}: position i of each must be the same row`);
  return first[1];
}

type Groups = Required<Pick<RowAudit, 'groupings' | 'references' | 'intersections'>>;

function groupingsOf({ protected: attributes, bins = {}, reference = {}, intersections = 2 }: FairnessQuestion): Groups {
  const groupings = Object.entries(attributes).map(([name, values]) => {
    const grouping = groupBy(column(name, values), Object.hasOwn(bins, name) ? bins[name] : undefined);
    if (grouping.levels.length < 2) throw new RangeError(`${name} has one group only (${grouping.levels[0] ?? 'no rows'}): nothing can be compared`);
    return grouping;
  });
  const crossed = Array.from({ length: Math.max(0, intersections - 1) }, (_, i) => combinations(groupings.length, i + 2)).flat()
    .map((chosen) => intersect(chosen.map((a) => groupings[a]!)));
  for (const { attribute, levels } of [...groupings, ...crossed]) {
    const name = Object.hasOwn(reference, attribute) ? reference[attribute]! : null;
    if (name !== null && !levels.includes(name)) throw new RangeError(`reference names ${name} for ${attribute}, whose groups are ${levels.join(', ')}`);
  }
  return { groupings, references: reference, intersections };
}

type Judged = Pick<RowAudit, 'decisions' | 'scores' | 'scoreRange'>;

function judged({ predictions = null, scores: given = null, threshold }: FairnessQuestion): Judged {
  const scores = given === null ? null : Float64Array.from(given, (score) => score ?? Number.NaN);
  let low = 0, high = 1;
  for (const score of scores ?? []) {
    low = Math.min(low, Number.isNaN(score) ? low : score);
    high = Math.max(high, Number.isNaN(score) ? high : score);
  }
  const scoreRange = [low, high] as const;
  if (predictions !== null) return { scores, scoreRange, decisions: { source: 'prediction', description: "the audited model's decisions", decision: marksOf('predictions', predictions) } };
  if (scores === null) return { scores, scoreRange, decisions: null };
  if (threshold === undefined && (low < 0 || high > 1)) throw new RangeError(`scores run outside [0, 1], up to ${high}: give a threshold or predictions`);
  const cut = threshold ?? 0.5;
  return { scores, scoreRange, decisions: { source: 'score', description: `the audited model's decisions: score ≥ ${cut}`,
    decision: Uint8Array.from(scores, (score) => (Number.isNaN(score) ? MISSING : Number(score >= cut))) } };
}

function designOf({ weights = null, clusters = null }: FairnessQuestion): NonNullable<RowAudit['design']> | null {
  if (weights === null && clusters === null) return null;
  const codes = new Map<number | string, number>();
  const codeOf = (cluster: number | string): number => {
    const code = codes.get(cluster) ?? codes.size;
    codes.set(cluster, code);
    return code;
  };
  return { weights: weights === null ? null : Float64Array.from(weights), clusters: clusters === null ? null : Int32Array.from(clusters, codeOf) };
}

function headlineOf(names: readonly string[]): readonly string[] {
  return names.map((name) => {
    const metric = headlineMetric(name);
    if (metric === null) throw new RangeError(`headline names ${name}, which is no disparity; there are ${DISPARITY_NAMES.join(', ')}`);
    return metric;
  });
}

/**
 * The whole fairness audit of decisions, scores or labels given as plain arrays: rates of every group with intervals, disparities with
 * simultaneous intervals and three-way verdicts, data and individual metrics (METHODS §1). What `fairness.json` of an audit holds, without
 * files, network or a trained model. `consistency` needs encoded features and is null here; give them to {@link auditFairness}.
 * @throws RangeError when lengths differ, a value is not what it should be, or an attribute has one group only
 */
export function assessFairness(question: FairnessQuestion): FairnessResult {
  const rows = sameLength(question);
  const { level = 0.95, tolerance = 0.05, ratio = 0.8, minimum = 30, seed = 0, labels: given = null } = question;
  const labels = given === null ? null : marksOf('labels', given), judgement = judged(question);
  const tolerances = typeof tolerance === 'number' ? { default: tolerance } : { ...tolerance, default: tolerance['default'] ?? 0.05 };
  return auditFairness(fromRows({
    ...judgement, ...groupingsOf(question), labels, design: designOf(question), rows,
    population: `all ${rows.toLocaleString('en-US')} rows given; conditional on these decisions as they are`, notes: [],
    headline: question.headline === undefined ? automaticHeadline({ source: judgement.decisions?.source ?? null, hasLabel: labels !== null }) : headlineOf(question.headline),
    settings: { level, tolerance: tolerances, ratio, minimum, seed },
  }));
}
