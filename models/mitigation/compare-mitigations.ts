import { randomStream } from '../engine/random.ts';
import { TEST, TRAIN, VALIDATION, type Grouping } from '../table.ts';
import { baselineDecisions, fitBaseline, groupMitigation, latentMitigation, type MitigatedDecisions, type MitigationMaterial, type MitigationParts } from './mitigated-decisions.ts';
import { pairedChange, type PairedChange } from './paired-change.ts';
import { pairedFamily } from './paired-family.ts';
import type { PairedDesign } from './paired-moments.ts';
import { MITIGATIONS, QUANTITIES, type ChangeVerdict, type Mitigation, type MitigationChange, type MitigationSummary, type Quantity } from './types.ts';

export interface MitigationInput extends Pick<MitigationMaterial, 'x' | 'columns' | 'latentWeights' | 'threshold'> {
  /** [n] 1 positive, 0 not, 255 missing */
  readonly labels: Uint8Array;
  /** [n] TRAIN, VALIDATION or TEST */
  readonly split: Uint8Array;
  /** One for each protected attribute. */
  readonly groupings: readonly Grouping[];
  /** [n] each, for all rows. */
  readonly design: PairedDesign | null;
  readonly level: number;
  readonly minimum: number;
  readonly seed: number;
  readonly progress: (fraction: number, detail: string) => void;
  /** What `judgeGroupMitigations` gave for the same rows; judged here when absent. */
  readonly judged?: readonly JudgedMitigation[];
}

/** One mitigation and what it changed. */
export interface JudgedMitigation {
  readonly method: Mitigation;
  /** It was made for; null: for none. */
  readonly attribute: string | null;
  readonly detail: string;
  readonly changes: readonly MitigationChange[];
}

const MISSING = 255;
/** Contrasts of pairs of pairs grow with the fourth power. */
const MAXIMUM_GROUPS = 40;

export function noMitigation(level: number, reason: string): MitigationSummary {
  return { level, reason, baseline: null, rows: null, methods: [], changes: null, comparisons: null, notes: [] };
}

const isLatent = (method: Mitigation): method is 'latent_weights' | 'latent_resampling' => method === 'latent_weights' || method === 'latent_resampling';

/**
 * Each mitigation fitted on train rows (thresholds on validation rows) and judged on the test rows alone, beside the plain reference
 * classifier, row by row: every change comes with a paired interval.
 */
export function compareMitigations(input: MitigationInput): MitigationSummary {
  const { level, groupings, threshold, x, judged } = input, parts = partsOf(input), compared = comparedOf(input), reason = reasonNotTo(parts, input.labels, compared);
  if (reason !== null) return noMitigation(level, reason);
  const own = judgeMitigations(input, (method) => judged === undefined || isLatent(method)), all = MITIGATIONS.flatMap((name) => [...judged ?? [], ...own].filter(({ method }) => method === name));
  const changes = all.flatMap((each) => each.changes), { train, validation, test } = parts, decided = changes.filter(({ interval }) => interval !== null).length;
  return {
    level, reason: null, changes,
    baseline: `reference classifier (logistic regression on ${x.columns} features, fitted on train rows, score ≥ ${threshold})`,
    rows: { train: train.length, validation: validation.length, test: test.length },
    methods: all.map(({ method, attribute, detail }) => ({ method, attribute, detail })),
    comparisons: { count: decided, statement: `${decided} comparisons, each with an interval of its own at level ${level}, not adjusted for their number: were nothing to be found, about ${Math.round(decided * (1 - level))} of them would still be called better or worse.` },
    notes: notesOf(groupings, compared, parts),
  };
}

/** Of the mitigations those that need no weights of rows, in their order; empty where mitigations are not compared. */
export function judgeGroupMitigations(input: Omit<MitigationInput, 'latentWeights' | 'judged'>): readonly JudgedMitigation[] {
  const whole = { ...input, latentWeights: new Float64Array(0) };
  return reasonNotTo(partsOf(whole), input.labels, comparedOf(whole)) === null ? judgeMitigations(whole, (method) => !isLatent(method)) : [];
}

function comparedOf({ groupings }: MitigationInput): readonly Grouping[] {
  return groupings.filter(({ levels }) => levels.length >= 2 && levels.length <= MAXIMUM_GROUPS);
}

function partsOf({ labels, split, design }: MitigationInput): MitigationParts {
  const rowsOf = (part: number): Uint32Array => Uint32Array.from(labels.keys()).filter((row) => split[row] === part && labels[row] !== MISSING && (design?.weights ?? null)?.[row] !== 0);
  return { train: rowsOf(TRAIN), validation: rowsOf(VALIDATION), test: rowsOf(TEST) };
}

function reasonNotTo({ train, test }: MitigationParts, labels: Uint8Array, compared: readonly Grouping[]): string | null {
  if (compared.length === 0) return `no protected attribute has between 2 and ${MAXIMUM_GROUPS} groups`;
  if (train.length === 0 || test.length === 0) return `mitigations are fitted on train rows and judged on test rows: there are ${train.length} and ${test.length} with a label`;
  return train.every((row) => labels[row] === labels[train[0]!]) ? 'all labels of the train rows are alike: there is nothing to learn' : null;
}

function judgeMitigations(input: MitigationInput, wanted: (method: Mitigation) => boolean): readonly JudgedMitigation[] {
  const { groupings, progress, seed } = input, parts = partsOf(input), compared = comparedOf(input), material = { ...input, parts };
  const baseline = fitBaseline(material), before = baselineDecisions(baseline, material), judged: JudgedMitigation[] = [];
  let place = 0;
  const judge = (method: Mitigation, attribute: string | null, attributes: readonly Grouping[], make: () => MitigatedDecisions): void => {
    // Counts those that are not wanted too: random streams are named by it.
    const at = place++;
    if (!wanted(method)) return;
    const { decisions, detail } = make();
    judged.push({ method, attribute, detail, changes: attributes.flatMap((grouping) =>
      QUANTITIES.map((metric, m) => change({ method, metric, grouping, random: [groupings.indexOf(grouping), at, m] }, before, decisions, input, parts))) });
  };
  for (const [i, method] of MITIGATIONS.entries()) {
    progress(i / MITIGATIONS.length, `mitigation ${method.replaceAll('_', ' ')}`);
    if (isLatent(method)) judge(method, null, compared, () => latentMitigation(method, baseline, material, randomStream(seed, 'mitigation/resample')));
    else if (parts.validation.length > 0 || !method.startsWith('group_thresholds')) {
      for (const grouping of compared) judge(method, grouping.attribute, [grouping], () => groupMitigation(method, grouping, baseline, material));
    }
  }
  return judged;
}

interface Comparison {
  readonly method: Mitigation;
  readonly metric: Quantity;
  readonly grouping: Grouping;
  /** Counters of its random stream. */
  readonly random: readonly [number, number, number];
}

function change({ method, metric, grouping, random }: Comparison, before: Uint8Array, after: Uint8Array, { labels, design, level, minimum, seed }: MitigationInput, { test }: MitigationParts): MitigationChange {
  const take = <T extends Float64Array | Int32Array>(values: T | null, make: (rows: Uint32Array) => T): T | null => (values === null ? null : make(test));
  const own = design === null ? null : { weights: take(design.weights, (rows) => Float64Array.from(rows, (row) => design.weights![row]!)), clusters: take(design.clusters, (rows) => Int32Array.from(rows, (row) => design.clusters![row]!)) };
  const family = pairedFamily(metric, { grouping, labels, before, after, rows: test });
  const made = pairedChange(family, { level, minimum, design: own, random: randomStream(seed, 'mitigation/change', ...random) });
  return { attribute: grouping.attribute, method, metric, ...made, verdict: verdictOf(metric, made) };
}

function verdictOf(metric: Quantity, { interval }: PairedChange): ChangeVerdict {
  if (interval === null || (interval[0] <= 0 && interval[1] >= 0)) return 'undecided';
  return interval[0] > 0 === (metric === 'accuracy' || metric === 'worst_group_accuracy') ? 'better' : 'worse';
}

function notesOf(groupings: readonly Grouping[], compared: readonly Grouping[], { validation }: MitigationParts): string[] {
  return [
    ...groupings.filter((grouping) => !compared.includes(grouping)).map(({ attribute, levels }) => `${attribute} has ${levels.length} groups: mitigations are compared for 2 to ${MAXIMUM_GROUPS}`),
    ...(validation.length > 0 ? [] : ['there are no validation rows with a label: thresholds by group were not chosen']),
    'Conditional on these fits: the classifier was trained once, so intervals speak of other rows, not of other training data.',
  ];
}
