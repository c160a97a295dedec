import type { Store } from '../infra/store/store.ts';
import { inputOf } from './artifacts.ts';
import type { DataConfig, FairnessStageConfig } from './audit-config.ts';
import { auditedDecisions, type AuditedDecisions } from './audited-decisions.ts';
import { DataError } from './data-error.ts';
import { at, sampleEncoded, type EncodedSample } from './encoded-sample.ts';
import { columnOf, labelsOf, type Dataset } from './load-dataset.ts';
import type { Decisions } from './load-decisions.ts';
import { referenceDecisions, withSurrogate } from './reference-decisions.ts';
import { unitsOf } from './row-design.ts';
import type { StageContext } from './stage.ts';
import type { StageInput } from './types.ts';

/** Encoded rows that are enough for a model of the decisions and for consistency. */
const MOST_ENCODED = 200_000;

export interface Material {
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

/** Decisions as the data holds them, with a surrogate fitted on a sample of the rows. */
function withSampledSurrogate(audited: AuditedDecisions, { encoded, rows }: EncodedSample): Decisions {
  const { source, description, threshold, score, decision } = audited;
  const { surrogate } = withSurrogate({ ...audited, score: null, decision: at(decision, rows) }, encoded);
  return { source, description, threshold, score, decision, surrogate };
}

/** What is predicted, when the label is a quantity and no threshold makes decisions of its prediction; null otherwise. */
function quantityOf(dataset: Dataset, data: DataConfig): Float64Array | null {
  return data.label !== null && dataset.profile.label === null && data.threshold === null ? predictedQuantity(dataset, data) : null;
}

/** Decisions as the data holds them, else those of a reference classifier; null when there is nothing to learn one from. */
export async function decide(dataset: Dataset, { config, seed, inputs }: StageInput<FairnessStageConfig>, { store, signal, progress }: StageContext): Promise<Decisions | null> {
  const { data } = config, encode = inputOf(inputs, 'encode');
  if (quantityOf(dataset, data) !== null) return null;
  const audited = auditedDecisions(dataset, data);
  if (audited !== null) return withSampledSurrogate(audited, await sampleEncoded(store, encode, MOST_ENCODED, seed));
  const labels = labelsOf(dataset);
  if (labels === null || config.reference === 'none') return null;
  return referenceDecisions(store, { encode, sample: await sampleEncoded(store, encode, MOST_ENCODED, seed), labels, units: unitsOf(dataset, data), seed, threshold: data.threshold,
    progress: (fraction, detail) => {
      signal.throwIfAborted();
      progress({ fraction: fraction * 0.4, detail });
    } });
}

/** What an audit of these decisions rests on besides counts. */
export async function materialOf(dataset: Dataset, decisions: Decisions | null, { config, seed, inputs }: StageInput<FairnessStageConfig>, store: Store): Promise<Material> {
  const { data } = config, base = { decisions, predicted: null, sample: null, scoreRange: [0, 1] as const }, predicted = quantityOf(dataset, data);
  if (predicted !== null) return { ...base, predicted, notes: [`${data.label} is a quantity: errors of its prediction are compared between groups; their gaps are judged with a tolerance of their own (fairness.tolerance) only`] };
  if (decisions === null) {
    const lacking = data.label === null ? 'a label' : `a yes-or-no label: ${data.label} is a quantity`;
    return { ...base, notes: [labelsOf(dataset) === null ? `there is neither a decision nor ${lacking}` : 'there is no decision, and model.reference is none: only the labels are audited'] };
  }
  const sample = await sampleEncoded(store, inputOf(inputs, 'encode'), MOST_ENCODED, seed), audited = auditedDecisions(dataset, data);
  if (audited !== null) return { ...base, scoreRange: audited.scoreRange, notes: audited.notes, sample };
  return { ...base, sample, notes: ['the data holds no decision: label gaps decide the verdict, and the reference classifier shows what a plain model would learn'] };
}
