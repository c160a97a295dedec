import { compareMitigations, noMitigation } from '../models/mitigation/compare-mitigations.ts';
import type { MitigationSummary } from '../models/mitigation/types.ts';
import type { Grouping } from '../models/table.ts';
import { inputOf } from './artifacts.ts';
import type { DataConfig, FairnessConfig } from './audit-config.ts';
import { labelsOf, type Dataset } from './load-dataset.ts';
import { loadDecisions } from './load-decisions.ts';
import { loadEncoded } from './load-encoded.ts';
import { designOf } from './row-design.ts';
import type { StageContext } from './stage.ts';
import type { StageInput } from './types.ts';

export interface MitigationRequest {
  readonly dataset: Dataset;
  /** One for each protected attribute. */
  readonly groupings: readonly Grouping[];
  /** [n] of the chosen debias rule. */
  readonly weights: Float64Array;
  readonly fairness: FairnessConfig;
  readonly data: DataConfig;
  readonly inputs: StageInput['inputs'];
  readonly seed: number;
}

const THRESHOLD = 0.5;

/** What each repair would change on rows that it never saw; a reason instead where there is nothing to repair or to judge by. */
export async function mitigation({ dataset, groupings, weights, fairness: { level, minimum }, data, inputs, seed }: MitigationRequest, { store, signal, progress }: StageContext): Promise<MitigationSummary> {
  const labels = labelsOf(dataset);
  if (labels === null) return noMitigation(level, 'no label: a mitigation is fitted on labels');
  if (groupings.length === 0) return noMitigation(level, 'no protected attribute: there is no gap to narrow');
  const decisions = await loadDecisions(store, inputOf(inputs, 'fairness'));
  if (decisions === null) return noMitigation(level, 'model.reference is none: there is no classifier to repair');
  const { x, encoder, split } = await loadEncoded(store, inputOf(inputs, 'encode'));
  return compareMitigations({
    x, columns: encoder.columns, labels, split, groupings, latentWeights: weights, design: designOf(dataset, data), level, minimum, seed,
    // The threshold of a score with a scale of its own says nothing about a probability.
    threshold: decisions.source === 'reference' ? decisions.threshold ?? THRESHOLD : THRESHOLD,
    progress: (fraction, detail) => {
      signal.throwIfAborted();
      progress({ fraction: 0.5 + 0.5 * fraction, detail });
    },
  });
}
