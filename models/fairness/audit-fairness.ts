import { randomStream } from '../engine/random.ts';
import type { Matrix } from '../outliers/types.ts';
import { averageOddsDifference, treatmentEquality } from './against-reference.ts';
import { rankRows } from './auroc-by-group.ts';
import { reliabilityCurve } from './calibration.ts';
import { certify } from './certificate.ts';
import { classMetrics, type ClassCounts } from './class-metrics.ts';
import { consistency } from './consistency.ts';
import { contrasts } from './contrasts.ts';
import { dataMetrics } from './data-metrics.ts';
import { differentialFairness } from './differential-fairness.ts';
import { equalizedOdds } from './equalized-odds.ts';
import { isEmptyParity } from './empty-parity.ts';
import { assignFamilies, auditVerdict, countComparisons, selectedIntervals } from './families.ts';
import { favouredPairs } from './favoured-pairs.ts';
import { describeFindings } from './findings.ts';
import { groupMetrics } from './group-metrics.ts';
import { studyGrouping, type GroupingStudy } from './grouping-study.ts';
import { DISPARITY_NAMES } from './headline.ts';
import { benefitIndices, betweenGroupEntropy } from './individual.ts';
import type { Design } from './influence.ts';
import { marginal } from './marginal.ts';
import { rateDisparities } from './rate-disparities.ts';
import { regressionMetrics } from './regression.ts';
import { scoreDisparities, studyScores, type ScoreInput } from './score-disparities.ts';
import type { FairnessSettings } from './settings.ts';
import type { Tally } from './tally.ts';
import { thresholdCurves } from './threshold-curves.ts';
import type { Contrast, DataMetric, Disparity, FairnessResult, GroupMetric, IndividualMetric, ReliabilityCurve, ThresholdCurve } from './types.ts';

/** What counts cannot tell: scores, row by row. */
export interface ScoredAudit {
  /** [n] the cell of each row in the tally */
  readonly cellOfRow: Uint32Array;
  /** [n] NaN missing */
  readonly scores: Float64Array;
  readonly scoreRange: readonly [number, number];
  /** [n] 1, 0, 255 missing; null without a label */
  readonly labels: Uint8Array | null;
  /** [n] the quantity that the scores predict, NaN missing; null when the label is none */
  readonly quantity: Float64Array | null;
  /** null: rows are independent and equal */
  readonly design: Design | null;
}

export interface FairnessAudit {
  /** Counts of all rows by the protected attributes, then by the strata. */
  readonly tally: Tally;
  /** Positions of attributes in the tally: single ones first, then intersections. */
  readonly groupings: readonly { readonly attributes: readonly number[]; readonly reference: string | null }[];
  /** Positions of the declared strata. */
  readonly strata: readonly number[];
  readonly hasLabel: boolean;
  /** For sentences: the label's column and its positive value. */
  readonly labelName?: { readonly column: string; readonly positive: string } | null;
  readonly decisions: { readonly source: 'prediction' | 'score' | 'reference'; readonly description: string } | null;
  readonly scored: ScoredAudit | null;
  /** Encoded features with decisions (1, 0, 255 missing), for consistency; a sample will do. */
  readonly features: { readonly x: Matrix; readonly decisions: Uint8Array } | null;
  /** Of a label with several classes: counts of each against the others. */
  readonly classes?: readonly ClassCounts[];
  readonly rows: number;
  readonly population: string;
  readonly headline: readonly string[];
  readonly settings: FairnessSettings;
  readonly notes: readonly string[];
  readonly progress?: (fraction: number, detail: string) => void;
}

interface Parts {
  readonly groups: GroupMetric[]; readonly disparities: Disparity[]; readonly data: DataMetric[]; readonly individual: IndividualMetric[];
  readonly contrasts: Contrast[]; readonly thresholds: ThresholdCurve[]; readonly calibration: ReliabilityCurve[]; readonly studies: GroupingStudy[];
}

function scoreInput({ scored }: FairnessAudit): ScoreInput | null {
  if (scored === null || scored.quantity !== null) return null;
  const { scores, labels, cellOfRow, design, scoreRange: range } = scored;
  const probability = scores.every((score) => Number.isNaN(score) || (score >= 0 && score <= 1));
  return { cellOfRow, scores, labels, design, range, probability, ranked: labels === null ? null : rankRows(scores, labels) };
}

/** What depends on scores alone, for one grouping. */
function measureScores(audit: FairnessAudit, input: ScoreInput | null, study: GroupingStudy, parts: Parts): readonly Disparity[] {
  const scores = input === null ? null : studyScores(study, input);
  parts.groups.push(...groupMetrics(study, input, scores));
  if (study.single && input !== null) parts.thresholds.push(...thresholdCurves(study, input));
  const bins = study.single ? scores?.labelled?.probability?.bins ?? [] : [];
  parts.calibration.push(...bins.map((each, g) => ({ attribute: study.attribute, group: study.levels[g]!, points: reliabilityCurve(each, study.settings.level, study.designed),
    note: study.designed ? 'no intervals with weights or clusters' : null })));
  const { scored } = audit;
  if (scored === null || scored.quantity === null) return scoreDisparities(study, input, scores);
  const quantity = regressionMetrics(study, { cellOfRow: scored.cellOfRow, actual: scored.quantity, predicted: scored.scores, design: scored.design });
  parts.groups.push(...quantity.groups);
  return [...scoreDisparities(study, null, null), ...quantity.disparities];
}

/** Every measurement of one grouping, in the order of the contract. */
function measure(audit: FairnessAudit, input: ScoreInput | null, parts: Parts, { attributes, reference }: FairnessAudit['groupings'][number]): void {
  const { tally, hasLabel, decisions, settings, strata } = audit;
  const study = studyGrouping({ tally, marginal: marginal(tally, attributes), hasLabel, hasDecision: decisions !== null, reference, settings });
  const rows = [...rateDisparities(study), ...equalizedOdds(study), averageOddsDifference(study), treatmentEquality(study), differentialFairness(study),
    ...measureScores(audit, input, study, parts)];
  const position = new Map(DISPARITY_NAMES.map((name, i) => [name, i])), last = DISPARITY_NAMES.length;
  parts.disparities.push(...rows.sort((a, b) => (position.get(a.metric) ?? last) - (position.get(b.metric) ?? last)));
  parts.data.push(...dataMetrics(study, strata));
  if (study.single) parts.contrasts.push(...contrasts(study));
  if (hasLabel && decisions !== null) {
    parts.individual.push(betweenGroupEntropy({ tally, marginal: study.marginal, level: settings.level }, study.attribute, study.random('between_group')));
  }
  parts.studies.push(study);
}

function individualMetrics({ tally, hasLabel, decisions, features, settings }: FairnessAudit, { individual }: Parts): IndividualMetric[] {
  const near: IndividualMetric = decisions === null || features === null
    ? { attribute: null, metric: 'consistency', value: null, interval: null, note: 'needs decisions and features' }
    : consistency(features.x, features.decisions, randomStream(settings.seed, 'fairness/consistency'), settings.level);
  return [...benefitIndices(hasLabel && decisions !== null ? tally : null, settings.level), ...individual, near];
}

/** The whole of fairness.json from counts and, for scores, rows (METHODS §1). */
export function auditFairness(audit: FairnessAudit): FairnessResult {
  const { settings, headline, decisions } = audit, { level } = settings;
  const input = scoreInput(audit), steps = audit.groupings.length + 1;
  const parts: Parts = { groups: [], disparities: [], data: [], individual: [], contrasts: [], thresholds: [], calibration: [], studies: [] };
  for (const [i, each] of audit.groupings.entries()) {
    audit.progress?.(i / steps, each.attributes.map((a) => audit.tally.attributes[a]!.name).join('*'));
    measure(audit, input, parts, each);
  }
  audit.progress?.((steps - 1) / steps, 'individual metrics and certificate');
  const { studies } = parts, singles = new Set(studies.filter(({ single }) => single).map(({ attribute }) => attribute));
  const intervals = new Map(studies.map((study) => [study.attribute, study.intervals]));
  const disparities = selectedIntervals(assignFamilies(parts.disparities, headline, singles), level,
    (row, at) => intervals.get(row.attribute)?.get(row.alias_of ?? row.metric)?.(at) ?? null);
  const headlineRows = disparities.filter(({ attribute, metric }) => singles.has(attribute) && headline.includes(metric));
  const pairRate = decisions === null || decisions.source === 'reference' ? 'base_rate' : 'selection_rate';
  const found = auditVerdict(headlineRows, level), emptyParity = headlineRows.some((row) => isEmptyParity(row, studies.find(({ attribute }) => attribute === row.attribute)!));
  return { level, verdict: found === 'pass' && emptyParity ? 'undecided' : found, decisions: decisions === null ? null : { source: decisions.source, description: decisions.description },
    population: audit.population, rows: audit.rows, headline, comparisons: countComparisons(disparities, level),
    findings: describeFindings(headlineRows, studies, { level, source: decisions?.source ?? null, label: audit.labelName ?? null }), groups: parts.groups, disparities,
    pairs: studies.flatMap((study) => favouredPairs(study, pairRate)), data: parts.data, individual: individualMetrics(audit, parts), contrasts: parts.contrasts,
    thresholds: parts.thresholds, calibration: parts.calibration, classes: classMetrics(audit.classes ?? [], audit.groupings, settings),
    certificate: certify(headlineRows, studies, settings), notes: audit.notes };
}
