import { randomStream } from '../engine/random.ts';
import { TEST, TRAIN, VALIDATION, type Grouping } from '../table.ts';
import { baselineDecisions, fitBaseline, groupMitigation, latentMitigation, type Baseline, type MitigatedDecisions, type MitigationMaterial, type MitigationParts } from './mitigated-decisions.ts';
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
}

const MISSING = 255;
/** Contrasts of pairs of pairs grow with the fourth power. */
const MAXIMUM_GROUPS = 40;

export function noMitigation(level: number, reason: string): MitigationSummary {
  return { level, reason, baseline: null, rows: null, methods: [], changes: null, comparisons: null, notes: [] };
}

/**
 * Each mitigation fitted on train rows (thresholds on validation rows) and judged on the test rows alone, beside the plain reference
 * classifier, row by row: every change comes with a paired interval.
 */
export function compareMitigations(input: MitigationInput): MitigationSummary {
  const { level, labels, groupings, threshold, x } = input, parts = partsOf(input);
  const compared = groupings.filter(({ levels }) => levels.length >= 2 && levels.length <= MAXIMUM_GROUPS), reason = reasonNotTo(parts, labels, compared);
  if (reason !== null) return noMitigation(level, reason);
  const material = { ...input, parts }, baseline = fitBaseline(material), before = baselineDecisions(baseline, material);
  const made = makeAll(compared, baseline, material, input);
  const changes = made.flatMap(({ method, attributes, mitigated }, i) => attributes.flatMap((grouping) =>
    QUANTITIES.map((metric, m) => change({ method, metric, grouping, random: [groupings.indexOf(grouping), i, m] }, before, mitigated.decisions, input, parts))));
  const { train, validation, test } = parts, decided = changes.filter(({ interval }) => interval !== null).length;
  return {
    level, reason: null, changes,
    baseline: `reference classifier (logistic regression on ${x.columns} features, fitted on train rows, score ≥ ${threshold})`,
    rows: { train: train.length, validation: validation.length, test: test.length },
    methods: made.map(({ method, attribute, mitigated }) => ({ method, attribute, detail: mitigated.detail })),
    comparisons: { count: decided, statement: `${decided} comparisons, each with an interval of its own at level ${level}, not adjusted for their number: were nothing to be found, about ${Math.round(decided * (1 - level))} of them would still be called better or worse.` },
    notes: notesOf(groupings, compared, parts),
  };
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

interface Made {
  readonly method: Mitigation;
  /** It was made for; null: for none. */
  readonly attribute: string | null;
  /** It is judged by. */
  readonly attributes: readonly Grouping[];
  readonly mitigated: MitigatedDecisions;
}

function makeAll(compared: readonly Grouping[], baseline: Baseline, material: MitigationMaterial, { progress, seed }: MitigationInput): readonly Made[] {
  const made: Made[] = [];
  for (const [i, method] of MITIGATIONS.entries()) {
    progress(i / MITIGATIONS.length, `mitigation ${method.replaceAll('_', ' ')}`);
    if (method === 'latent_weights' || method === 'latent_resampling') {
      made.push({ method, attribute: null, attributes: compared, mitigated: latentMitigation(method, baseline, material, randomStream(seed, 'mitigation/resample')) });
    } else if (material.parts.validation.length > 0 || !method.startsWith('group_thresholds')) {
      for (const grouping of compared) made.push({ method, attribute: grouping.attribute, attributes: [grouping], mitigated: groupMitigation(method, grouping, baseline, material) });
    }
  }
  return made;
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
