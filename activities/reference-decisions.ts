import { crossFitLogistic, FOLDS } from '../models/reference/cross-fit.ts';
import { fitLogistic, predictLogistic, type LogisticModel } from '../models/reference/logistic.ts';
import { sparseRows } from '../models/reference/sparse-rows.ts';
import { TRAIN } from '../models/table.ts';
import type { AuditedDecisions } from './audited-decisions.ts';
import type { Decisions } from './load-decisions.ts';
import type { Encoded } from './load-encoded.ts';

const THRESHOLD = 0.5;
const MISSING = 255;

export type Surrogate = NonNullable<Decisions['surrogate']>;

function surrogate({ weights, intercept }: LogisticModel, description: string): Surrogate {
  return { weights: Array.from(weights), intercept, description };
}

export interface ReferenceInput {
  readonly encoded: Encoded;
  readonly labels: Uint8Array;
  readonly units: Int32Array | null;
  readonly seed: number;
  readonly threshold: number | null;
  readonly progress: (fraction: number, detail: string) => void;
}

/** Decisions of a plain model that stands in where the data holds none: out of fold for every row with a label. */
export function referenceDecisions({ encoded, labels, units, seed, threshold, progress }: ReferenceInput): Decisions {
  const x = sparseRows(encoded.x);
  const train = encoded.split.map((part) => Number(part === TRAIN));
  const { score, model } = crossFitLogistic({ x, labels, train, units, seed,
    progress: (fit, of) => progress(fit / of, `reference classifier ${fit + 1}/${of}`) });
  const at = threshold ?? THRESHOLD;
  const description = `reference classifier (logistic regression on the encoded features, ${FOLDS}-fold cross-fitted; not an audited model)`;
  return { source: 'reference', description, threshold: at, score, decision: Uint8Array.from(score, (value) => Number(value >= at)),
    surrogate: surrogate(model, 'reference classifier (logistic regression on the encoded features, fitted on the train part)') };
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
