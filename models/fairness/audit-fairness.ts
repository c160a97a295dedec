import { randomStream } from '../engine/random.ts';
import type { Matrix } from '../outliers/types.ts';
import type { Grouping } from '../table.ts';
import { averageOddsDifference, treatmentEquality } from './against-reference.ts';
import { rankRows } from './auroc-by-group.ts';
import { certify } from './certificate.ts';
import { consistency } from './consistency.ts';
import { dataMetrics } from './data-metrics.ts';
import { differentialFairness } from './differential-fairness.ts';
import type { Design } from './linearised.ts';
import { equalizedOdds } from './equalized-odds.ts';
import { assignFamilies, auditVerdict, countComparisons, survives } from './families.ts';
import { favouredPairs } from './favoured-pairs.ts';
import { groupMetrics } from './group-metrics.ts';
import { NOT_WITH_DESIGN, studyGrouping, type GroupingStudy } from './grouping-study.ts';
import { DISPARITY_NAMES } from './headline.ts';
import { benefitIndices, betweenGroupEntropy } from './individual.ts';
import { rateDisparities } from './rate-disparities.ts';
import { scoreDisparities, studyScores, type ScoreInput } from './score-disparities.ts';
import { findingSentence } from './sentences.ts';
import type { FairnessSettings } from './settings.ts';
import type { DataMetric, Disparity, FairnessResult, Finding, GroupMetric, IndividualMetric } from './types.ts';

export interface FairnessAudit {
  /** Single attributes first, then intersections. */
  readonly groupings: readonly { readonly grouping: Grouping; readonly single: boolean; readonly reference: string | null }[];
  /** [n] 1, 0, 255 missing */
  readonly labels: Uint8Array | null;
  /** For sentences: the label's column and its positive value. */
  readonly labelName?: { readonly column: string; readonly positive: string } | null;
  readonly decisions: { readonly source: 'prediction' | 'score' | 'reference'; readonly description: string; readonly decision: Uint8Array } | null;
  /** [n] NaN missing */
  readonly scores: Float64Array | null;
  readonly scoreRange: readonly [number, number];
  readonly strata: Grouping | null;
  /** Weights or clusters; null: rows are independent and equal. */
  readonly design: Design | null;
  /** Encoded features, for consistency. */
  readonly features: Matrix | null;
  readonly rows: number;
  readonly population: string;
  readonly headline: readonly string[];
  readonly settings: FairnessSettings;
  readonly notes: readonly string[];
  readonly progress?: (fraction: number, detail: string) => void;
}

interface Parts { readonly groups: GroupMetric[]; readonly disparities: Disparity[]; readonly data: DataMetric[]; readonly individual: IndividualMetric[]; readonly studies: GroupingStudy[] }

function scoreInput({ scores, labels, scoreRange, design }: FairnessAudit): ScoreInput | null {
  if (scores === null || design !== null) return null;
  const probability = scores.every((score) => Number.isNaN(score) || (score >= 0 && score <= 1));
  return { scores, labels, ranked: labels === null ? null : rankRows(scores, labels), range: scoreRange, probability };
}

/** Every measurement of one grouping, in the order of the contract. */
function measure(audit: FairnessAudit, input: ScoreInput | null, parts: Parts, { grouping, single, reference }: FairnessAudit['groupings'][number]): void {
  const { labels, decisions, settings, strata, design } = audit;
  const study = studyGrouping({ grouping, single, labels, decisions: decisions?.decision ?? null, reference, settings, design });
  const scores = input === null ? null : studyScores(grouping, input);
  const rows = [...rateDisparities(study), ...equalizedOdds(study), averageOddsDifference(study), treatmentEquality(study), differentialFairness(study),
    ...scoreDisparities(study, input, scores)];
  const position = new Map(DISPARITY_NAMES.map((name, i) => [name, i]));
  parts.disparities.push(...rows.sort((a, b) => position.get(a.metric)! - position.get(b.metric)!));
  parts.groups.push(...groupMetrics(study, input, scores));
  parts.data.push(...dataMetrics(study, grouping, labels, strata));
  if (labels !== null && decisions !== null) parts.individual.push(betweenGroupEntropy(study.counts, study.attribute, settings.level));
  parts.studies.push(study);
}

function individualMetrics({ labels, decisions, features, settings, design }: FairnessAudit, { studies, individual }: Parts): IndividualMetric[] {
  const counts = labels === null || decisions === null ? null : studies[0]?.counts ?? null;
  const near: IndividualMetric = decisions === null || features === null
    ? { attribute: null, metric: 'consistency', value: null, interval: null, note: 'needs decisions and features' }
    : consistency(features, decisions.decision, randomStream(settings.seed, 'fairness/consistency'), settings.level);
  const indices = [...benefitIndices(counts, settings.level), ...individual];
  const shown = design === null ? indices : indices.map((index) => ({ ...index, interval: null, note: index.note ?? `the interval is ${NOT_WITH_DESIGN}` }));
  return [...shown, near];
}

/** Rows that entered a disparity: those of its groups with what it needs. */
function rowsOf({ metric, attribute }: Disparity, studies: readonly GroupingStudy[]): number {
  const study = studies.find((each) => each.attribute === attribute)!;
  const sum = (n: Float64Array | undefined): number => (n === undefined ? 0 : n.reduce((total, value) => total + value, 0));
  const { base_rate, selection_rate, true_positive_rate, false_positive_rate } = study.rates;
  if (metric.startsWith('base_rate')) return sum(base_rate?.family.n);
  if (metric.startsWith('demographic_parity') || metric.startsWith('selection_rate')) return sum(selection_rate?.family.n);
  if (metric.startsWith('equalized_odds')) return sum(true_positive_rate?.family.n) + sum(false_positive_rate?.family.n);
  return study.sizes.reduce((total, size) => total + size, 0);
}

const REFERENCE_PREAMBLE = 'The reference classifier, not an audited model: ';

function findings(audit: FairnessAudit, headline: readonly Disparity[], studies: readonly GroupingStudy[]): Finding[] {
  const { level } = audit.settings;
  return headline.map((row) => {
    const preamble = audit.decisions?.source === 'reference' && !row.metric.startsWith('base_rate') ? REFERENCE_PREAMBLE : '';
    return { attribute: row.attribute, metric: row.metric, verdict: row.verdict ?? 'undecided', survives: survives(row, level),
      sentence: findingSentence({ row, rows: rowsOf(row, studies), level, preamble, label: audit.labelName ?? null }) };
  });
}

/** The whole of fairness.json from groups, labels, decisions and scores (METHODS §1). */
export function auditFairness(audit: FairnessAudit): FairnessResult {
  const { settings, headline, decisions } = audit;
  const input = scoreInput(audit);
  const parts: Parts = { groups: [], disparities: [], data: [], individual: [], studies: [] };
  for (const [i, each] of audit.groupings.entries()) {
    audit.progress?.(i / (audit.groupings.length + 1), each.grouping.attribute);
    measure(audit, input, parts, each);
  }
  audit.progress?.(audit.groupings.length / (audit.groupings.length + 1), 'individual metrics and certificate');
  const singles = new Set(parts.studies.filter(({ single }) => single).map(({ attribute }) => attribute));
  const disparities = assignFamilies(parts.disparities, headline, singles);
  const headlineRows = disparities.filter(({ attribute, metric }) => singles.has(attribute) && headline.includes(metric));
  return { level: settings.level, verdict: auditVerdict(headlineRows, settings.level),
    decisions: decisions === null ? null : { source: decisions.source, description: decisions.description },
    population: audit.population, rows: audit.rows, headline, comparisons: countComparisons(disparities, settings.level),
    findings: findings(audit, headlineRows, parts.studies), groups: parts.groups, disparities,
    pairs: parts.studies.flatMap((study) => favouredPairs(study, decisions === null || decisions.source === 'reference' ? 'base_rate' : 'selection_rate')), data: parts.data,
    individual: individualMetrics(audit, parts), certificate: certify(headlineRows, parts.studies, settings), notes: audit.notes };
}
