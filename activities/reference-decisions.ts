import { readMatrixPart } from '../infra/readers/matrix-part.ts';
import type { Store } from '../infra/store/store.ts';
import { assignFolds, fitFolds, FOLDS, scoreOutOfFold, type FoldModels } from '../models/reference/cross-fit.ts';
import { fitLogistic, predictLogistic, type LogisticModel } from '../models/reference/logistic.ts';
import { sparseRows } from '../models/reference/sparse-rows.ts';
import { TRAIN } from '../models/table.ts';
import { artifactsOf, getArtifact, readManifest } from './artifacts.ts';
import type { AuditedDecisions } from './audited-decisions.ts';
import { at, type EncodedSample } from './encoded-sample.ts';
import type { Decisions } from './load-decisions.ts';
import type { Encoded } from './load-encoded.ts';
import type { ArtifactRef } from './types.ts';

const THRESHOLD = 0.5;
const MISSING = 255;

export type Surrogate = NonNullable<Decisions['surrogate']>;

function surrogate({ weights, intercept }: LogisticModel, description: string): Surrogate {
  return { weights: Array.from(weights), intercept, description };
}

export interface ReferenceInput {
  readonly encode: ArtifactRef;
  /** What the models are fitted on: all rows, or as many as fit in memory. */
  readonly sample: EncodedSample;
  /** [n] of all rows */
  readonly labels: Uint8Array;
  readonly units: Int32Array | null;
  readonly seed: number;
  readonly threshold: number | null;
  readonly progress: (fraction: number, detail: string) => void;
}

/** Out-of-fold scores of all rows, part by part where they are not all in memory. */
async function scoresOf(store: Store, models: FoldModels, { encode, sample: { encoded, rows }, labels }: ReferenceInput, folds: Uint8Array): Promise<Float64Array> {
  if (rows === null) return scoreOutOfFold(models, sparseRows(encoded.x), folds, labels);
  const scores = new Float64Array(labels.length), manifest = await readManifest(store, encode);
  let from = 0;
  for (const ref of artifactsOf(manifest, 'x')) {
    const part = readMatrixPart(await getArtifact(store, ref)), to = from + part.rowNumbers.length;
    const x = sparseRows({ values: part.x, rows: to - from, columns: encoded.encoder.width });
    scores.set(scoreOutOfFold(models, x, folds.subarray(from, to), labels.subarray(from, to)), from);
    from = to;
  }
  return scores;
}

/**
 * Decisions of a plain model that stands in where the data holds none: out of fold for every row with a label. Memory holds the
 * sampled rows and one part at a time, however many rows there are.
 */
export async function referenceDecisions(store: Store, input: ReferenceInput): Promise<Decisions> {
  const { sample: { encoded, rows }, labels, units, seed, threshold, progress } = input, folds = assignFolds(labels.length, seed, units);
  const models = fitFolds({ x: sparseRows(encoded.x), labels: at(labels, rows), folds: at(folds, rows), train: encoded.split.map((part) => Number(part === TRAIN)),
    progress: (fit, of) => progress(fit / of, `reference classifier ${fit + 1}/${of}`) });
  const score = await scoresOf(store, models, input, folds), least = threshold ?? THRESHOLD, fitted = rows === null ? '' : `, fitted on ${rows.length.toLocaleString('en-US')} rows drawn at random`;
  const description = `reference classifier (logistic regression on the encoded features, ${FOLDS}-fold cross-fitted${fitted}; not an audited model)`;
  return { source: 'reference', description, threshold: least, score, decision: Uint8Array.from(score, (value) => Number(value >= least)),
    surrogate: surrogate(models.model, 'reference classifier (logistic regression on the encoded features, fitted on the train part)') };
}

/** The audited decisions with a plain model that imitates them, for stages that must decide on rows that never existed. */
export function withSurrogate({ source, description, threshold, score, decision }: AuditedDecisions, encoded: Encoded): Decisions {
  const rows = Uint32Array.from(decision.keys()).filter((row) => decision[row] !== MISSING && encoded.split[row] === TRAIN);
  const base = { source, description, threshold, score, decision };
  if (rows.length === 0) return { ...base, surrogate: null };
  const x = sparseRows(encoded.x);
  const model = fitLogistic(x, decision, rows);
  const held = Uint32Array.from(decision.keys()).filter((row) => decision[row] !== MISSING && encoded.split[row] !== TRAIN);
  const agreeing = predictLogistic(model, x, held).reduce((sum, value, i) => sum + Number(Number(value >= THRESHOLD) === decision[held[i]!]), 0);
  const agreement = held.length === 0 ? '' : `, agreeing on ${((100 * agreeing) / held.length).toFixed(1)} % of held-out rows`;
  return { ...base, surrogate: surrogate(model, `surrogate of the audited decisions (logistic regression on the encoded features${agreement})`) };
}
