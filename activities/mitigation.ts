import { compareMitigations, judgeGroupMitigations, noMitigation, type JudgedMitigation, type MitigationInput } from '../models/mitigation/compare-mitigations.ts';
import type { PairedDesign } from '../models/mitigation/paired-moments.ts';
import type { MitigationSummary } from '../models/mitigation/types.ts';
import type { Grouping } from '../models/table.ts';
import { inputOf } from './artifacts.ts';
import type { DataConfig, FairnessConfig } from './audit-config.ts';
import { sampleEncoded } from './encoded-sample.ts';
import { labelsOf, type Dataset } from './load-dataset.ts';
import { loadDecisions } from './load-decisions.ts';
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
/** Encoded rows that are held; of more, so many are drawn at random, and intervals are as wide as those rows make them. */
export const MOST_COMPARED = 500_000;

function taken<T extends Uint8Array | Int32Array | Float64Array>(values: T, rows: Uint32Array): T {
  const own = values.slice(0, rows.length) as T;
  for (const [i, row] of rows.entries()) own[i] = values[row]!;
  return own;
}

/** Clusters of the rows that were drawn, numbered anew. */
function ofRows({ weights, clusters }: PairedDesign, rows: Uint32Array): PairedDesign {
  const known = new Map<number, number>(), own = clusters === null ? null : taken(clusters, rows).map((code) => {
    const place = known.get(code) ?? known.size;
    known.set(code, place);
    return place;
  });
  return { weights: weights === null ? null : taken(weights, rows), clusters: own };
}

type Compared = Omit<MitigationInput, 'latentWeights'>;

interface Material {
  readonly input: Compared;
  /** Those that were drawn; null: all. */
  readonly rows: Uint32Array | null;
}

/** The rows that mitigations are compared on, or the reason not to compare any. */
async function materialOf({ dataset, groupings, fairness: { level, minimum }, data, inputs, seed }: Omit<MitigationRequest, 'weights'>, { store, signal, progress }: StageContext, most: number): Promise<Material | MitigationSummary> {
  const labels = labelsOf(dataset);
  if (labels === null) return noMitigation(level, 'no label: a mitigation is fitted on labels');
  if (groupings.length === 0) return noMitigation(level, 'no protected attribute: there is no gap to narrow');
  const decisions = await loadDecisions(store, inputOf(inputs, 'fairness'));
  if (decisions === null) return noMitigation(level, 'model.reference is none: there is no classifier to repair');
  const { encoded: { x, encoder, split }, rows } = await sampleEncoded(store, inputOf(inputs, 'encode'), most, seed);
  const own = <T extends Uint8Array | Int32Array>(values: T): T => (rows === null ? values : taken(values, rows)), design = designOf(dataset, data);
  return { rows, input: {
    x, columns: encoder.columns, labels: own(labels), split, groupings: groupings.map((grouping) => ({ ...grouping, codes: own(grouping.codes) })),
    design: rows === null || design === null ? design : ofRows(design, rows), level, minimum, seed,
    // The threshold of a score with a scale of its own says nothing about a probability.
    threshold: decisions.source === 'reference' ? decisions.threshold ?? THRESHOLD : THRESHOLD,
    progress: (fraction, detail) => {
      signal.throwIfAborted();
      progress({ fraction: 0.5 + 0.5 * fraction, detail });
    },
  } };
}

/** What the repairs change that need no weights of rows; null where there is nothing to repair or to judge by. */
export async function mitigationsAhead(request: Omit<MitigationRequest, 'weights'>, context: StageContext, most = MOST_COMPARED): Promise<readonly JudgedMitigation[] | null> {
  const material = await materialOf(request, context, most);
  return 'input' in material ? judgeGroupMitigations(material.input) : null;
}

/** What each repair would change on rows that it never saw; a reason instead where there is nothing to repair or to judge by. judged: by `mitigationsAhead`. */
export async function mitigation(request: MitigationRequest, context: StageContext, most = MOST_COMPARED, judged: readonly JudgedMitigation[] | null = null): Promise<MitigationSummary> {
  const material = await materialOf(request, context, most), { weights } = request;
  if (!('input' in material)) return material;
  const { input, rows } = material, summary = compareMitigations({ ...input, latentWeights: rows === null ? weights : taken(weights, rows), ...(judged === null ? {} : { judged }) });
  if (rows === null) return summary;
  return { ...summary, notes: [...summary.notes, `Mitigations were fitted to and judged on ${most.toLocaleString('en-US')} rows drawn at random of ${weights.length.toLocaleString('en-US')}.`] };
}
