import type { ColumnCode } from '../encode/types.ts';
import type { RandomStream } from '../engine/random.ts';
import type { Matrix } from '../outliers/types.ts';
import { fitLogistic, predictLogistic, type LogisticModel } from '../reference/logistic.ts';
import { sparseRows, type SparseRows } from '../reference/sparse-rows.ts';
import { systematicResample } from '../resample/systematic-resample.ts';
import type { Grouping } from '../table.ts';
import { equalSelection, nearestOdds, type GroupThresholds } from './group-thresholds.ts';
import { repairNumbers } from './repair-numbers.ts';
import { reweighing } from './reweighing.ts';
import type { Mitigation } from './types.ts';

/** Rows of each part, all with a label. */
export interface MitigationParts {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

export interface MitigationMaterial {
  /** Features of all rows. */
  readonly x: Matrix;
  readonly columns: readonly ColumnCode[];
  /** [n] 1 or 0 for the rows of the parts */
  readonly labels: Uint8Array;
  readonly parts: MitigationParts;
  /** [n] of the chosen debias rule. */
  readonly latentWeights: Float64Array;
  /** A row is decided positively when its score is at least this. */
  readonly threshold: number;
}

export interface Baseline {
  readonly features: SparseRows;
  readonly model: LogisticModel;
  /** [n] score of validation and test rows, NaN elsewhere. */
  readonly score: Float64Array;
}

/** What a mitigation decides, [n] 1 or 0 on the test rows, and how it came to that. */
export interface MitigatedDecisions {
  readonly decisions: Uint8Array;
  readonly detail: string;
}

export function fitBaseline({ x, labels, parts }: MitigationMaterial): Baseline {
  const features = sparseRows(x), model = fitLogistic(features, labels, parts.train), score = new Float64Array(x.rows).fill(Number.NaN);
  for (const rows of [parts.validation, parts.test]) predictLogistic(model, features, rows).forEach((value, i) => { score[rows[i]!] = value; });
  return { features, model, score };
}

export function baselineDecisions({ score }: Baseline, { threshold }: MitigationMaterial): Uint8Array {
  return Uint8Array.from(score, (value) => Number(value >= threshold));
}

/** The classifier fitted anew with weights of rows. */
function weighted(weights: Float64Array, detail: string, { features, model }: Baseline, { labels, parts, threshold }: MitigationMaterial): MitigatedDecisions {
  const fitted = fitLogistic(features, labels, parts.train, { weights, start: model });
  return { decisions: decide(fitted, features, parts.test, threshold), detail };
}

function decide(model: LogisticModel, features: SparseRows, rows: Uint32Array, threshold: number): Uint8Array {
  const decisions = new Uint8Array(features.rows);
  predictLogistic(model, features, rows).forEach((value, i) => { decisions[rows[i]!] = Number(value >= threshold); });
  return decisions;
}

/** How often each train row was drawn when as many were drawn as there are. */
function resampleCounts({ latentWeights, parts: { train }, x }: MitigationMaterial, random: RandomStream): Float64Array {
  const counts = new Float64Array(x.rows), drawn = systematicResample(Float64Array.from(train, (row) => latentWeights[row]!), train.length, random);
  for (const i of drawn) counts[train[i]!]!++;
  return counts;
}

/** The weights scaled to mean 1 on the train part, so that the penalty weighs as much as before. */
function trainWeights({ latentWeights, parts: { train } }: MitigationMaterial): Float64Array {
  const mean = train.reduce((sum, row) => sum + latentWeights[row]!, 0) / train.length;
  return latentWeights.map((weight) => weight / mean);
}

/** Mitigations that know of no group. */
export function latentMitigation(method: 'latent_weights' | 'latent_resampling', baseline: Baseline, material: MitigationMaterial, random: RandomStream): MitigatedDecisions {
  return method === 'latent_weights'
    ? weighted(trainWeights(material), 'fitted with the weights that lift thin regions of the latent space', baseline, material)
    : weighted(resampleCounts(material, random), 'fitted on train rows drawn by the weights that lift thin regions of the latent space', baseline, material);
}

export type GroupMitigation = Exclude<Mitigation, 'latent_weights' | 'latent_resampling'>;

/** Mitigations made for the groups of one attribute. */
export function groupMitigation(method: GroupMitigation, grouping: Grouping, baseline: Baseline, material: MitigationMaterial): MitigatedDecisions {
  const { x, columns, labels, parts, threshold } = material;
  if (method === 'reweighing') return weighted(reweighing(grouping, labels, parts.train), `fitted with weights under which ${grouping.attribute} and label are independent`, baseline, material);
  if (method === 'disparate_impact_repair') {
    const repaired = sparseRows(repairNumbers(x, columns, grouping, parts.train)), fitted = fitLogistic(repaired, labels, parts.train, { start: baseline.model });
    return { decisions: decide(fitted, repaired, parts.test, threshold), detail: `fitted and used on numbers repaired to have one distribution in all groups, without the features of ${grouping.attribute}; other categories as they are` };
  }
  const input = { grouping, score: baseline.score, labels, rows: parts.validation, threshold };
  return method === 'group_thresholds_selection'
    ? thresholded(equalSelection(input), 'brings every group to the selection rate of all', grouping, baseline, material)
    : thresholded(nearestOdds(input), 'brings every group nearest to the true and false positive rates of all', grouping, baseline, material);
}

function thresholded({ thresholds, kept }: GroupThresholds, aim: string, { codes }: Grouping, { score }: Baseline, { parts, x }: MitigationMaterial): MitigatedDecisions {
  const decisions = new Uint8Array(x.rows);
  for (const row of parts.test) decisions[row] = Number(score[row]! >= thresholds[codes[row]!]!);
  return { decisions, detail: `the same scores, with a threshold for each group, chosen on validation rows, that ${aim}${kept.length === 0 ? '' : `; ${kept.length} group${kept.length === 1 ? ' keeps' : 's keep'} the common one for want of rows`}` };
}
