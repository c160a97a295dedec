import { Table, Utf8, makeVector, tableToIPC, vectorFromArray } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import { randomStream } from '../models/engine/random.ts';
import { mixtureFromComponents } from '../models/latent/mixture.ts';
import { protectedGroupings } from '../models/latent/protected-groupings.ts';
import type { JudgedMitigation } from '../models/mitigation/compare-mitigations.ts';
import { type DebiasRules, debiasRules } from '../models/resample/debias-rules.ts';
import { type FlaggedRows, flaggedRows } from '../models/resample/flagged-rows.ts';
import { outlierShares } from '../models/resample/outlier-shares.ts';
import type { RuleInput } from '../models/resample/rule.ts';
import { systematicResample } from '../models/resample/systematic-resample.ts';
import type { DebiasSummary } from '../models/resample/types.ts';
import type { Grouping } from '../models/table.ts';
import { inputOf, putArtifact, putJson } from './artifacts.ts';
import type { DataConfig, DebiasConfig, FairnessConfig } from './audit-config.ts';
import { countRows, datasetParts, loadColumns, loadProfile } from './dataset-parts.ts';
import { dividedStage, WORTH_A_TASK } from './divided-stage.ts';
import { getExactJson, putExactJson } from './exact-json.ts';
import { type Dataset, idColumn, idsOf } from './load-dataset.ts';
import { type Density, loadLogDensity } from './load-density.ts';
import { loadPoints } from './load-latents.ts';
import { loadOutlierMarks } from './load-outliers.ts';
import { mitigation, mitigationsAhead, MOST_COMPARED } from './mitigation.ts';
import { onlyColumns, partsOfSize } from './parts-of-size.ts';
import type { Stage, StageContext } from './stage.ts';
import type { ArtifactRef, Json, StageInput, StageOutput } from './types.ts';
import { writeDrawnRows } from './write-drawn-rows.ts';

export interface DebiasStageConfig {
  readonly debias: DebiasConfig;
  readonly fairness: FairnessConfig;
  readonly data: DataConfig;
  readonly protected: readonly string[];
  readonly bins: DataConfig['bins'];
}

const WEIGHT_ROWS = 1 << 18;

type LogDensity = Pick<Density, 'logDensity' | 'summary'>;

/**
 * Weights that lift the thin regions of the latent space, each rule beside the others, the rows drawn by the chosen one, and what
 * those and the field's other mitigations change in a classifier.
 */
export const debias: Stage<DebiasStageConfig> = dividedStage<DebiasStageConfig>({ name: 'debias', version: 4 }, {
  needs: ['ingest', 'encode', 'fairness'],
  async tasks({ inputs }, { store }) {
    return await countRows(store, inputOf(inputs, 'ingest')) < WORTH_A_TASK ? [] : ['mitigations'];
  },
  task: judgeAhead,
  join: weighAndDraw,
});

type Input = StageInput<DebiasStageConfig>;

/** Rows with what they are weighed and judged by. */
async function loadRows({ config, inputs }: Input, { store }: StageContext): Promise<Dataset> {
  const ingest = inputOf(inputs, 'ingest'), { data } = config, { label } = await loadProfile(store, ingest);
  const needed = [...config.protected, ...config.fairness.strata, label?.column ?? null, data.weight, data.cluster, data.sequence].filter((name) => name !== null);
  return loadColumns(store, ingest, new Set(needed));
}

/** The mitigations that need no weights, and so need not wait for density and outliers. */
async function judgeAhead(input: Input, _: Json, context: StageContext): Promise<StageOutput> {
  const { config, inputs, seed } = input, dataset = await loadRows(input, context), { single } = protectedGroupings(dataset.table, config.protected, config.bins);
  const judged = await mitigationsAhead({ dataset, groupings: single, fairness: config.fairness, data: config.data, inputs, seed }, context);
  return { artifacts: { judged: [await putExactJson(context.store, judged)] }, summary: {} };
}

async function weighAndDraw(input: Input, pieces: readonly StageOutput[], context: StageContext): Promise<StageOutput> {
  const { config, inputs, seed } = input, { store, signal, progress } = context, ingest = inputOf(inputs, 'ingest');
  const dataset = await loadRows(input, context), ahead = pieces[0]?.artifacts['judged']?.[0];
  const density = await loadLogDensity(store, inputOf(inputs, 'density')), outliers = await outlierRows(store, inputOf(inputs, 'outliers'));
  const { single, pairs } = protectedGroupings(dataset.table, config.protected, config.bins);
  signal.throwIfAborted();
  progress({ fraction: 0.1, detail: 'weights' });
  const result = await weigh(store, inputOf(inputs, 'latents'), { flagged: outliers.flagged, ...densityInput(density), ...config.debias }, [...single, ...pairs]);
  signal.throwIfAborted();
  progress({ fraction: 0.4, detail: 'resampling' });
  const drawn = systematicResample(result.weights, dataset.table.rows, randomStream(seed, 'resample'));
  const summary = summarise(result, outliers, drawn, outlierShares(outliers.flagged, [...single, ...pairs]));
  const { rule, essShare, maxWeight, capped } = result.chosen;
  const mitigations = await mitigation({ dataset, groupings: single, weights: result.weights, fairness: config.fairness, data: config.data, inputs, seed }, context, MOST_COMPARED,
    ahead === undefined ? null : await getExactJson<readonly JudgedMitigation[] | null>(store, ahead));
  return {
    artifacts: { summary: [await putJson(store, summary)], mitigation: [await putJson(store, mitigations)], weights: await putWeights(store, ingest, result.weights, density), resampled: await writeDrawnRows(ingest, drawn, context) },
    summary: { rule, essShare, maxWeight, capped, distinctRows: summary.distinctRows },
  };
}

async function outlierRows(store: Store, outliers: ArtifactRef): Promise<FlaggedRows> {
  const { flagged, rank } = await loadOutlierMarks(store, outliers);
  return flaggedRows(flagged, rank);
}

/** The latent points are held for as long as the rules take. */
async function weigh(store: Store, latents: ArtifactRef, input: Omit<RuleInput, 'z'> & { readonly dimensions: readonly number[] }, groupings: readonly Grouping[]): Promise<DebiasRules> {
  return debiasRules({ ...input, z: await loadPoints(store, latents, input.dimensions) }, groupings);
}

/** A mixture of one component has nothing to lift, and one that was not chosen does not describe the rows best. */
function densityInput({ logDensity, summary }: LogDensity): Pick<RuleInput, 'logDensity' | 'mixture' | 'furtherMixtures'> & { readonly dimensions: readonly number[] } {
  const chosen = summary.candidates.some(({ name, chosen }) => name === 'gmm' && chosen) && summary.mixture.length >= 2;
  return { dimensions: summary.dimensions, logDensity, mixture: chosen ? mixtureFromComponents(summary.mixture) : null, furtherMixtures: (summary.furtherMixtures ?? []).map(mixtureFromComponents) };
}

function summarise({ rules, chosen, notes }: DebiasRules, outliers: FlaggedRows, drawn: Uint32Array, cappedGroups: DebiasSummary['cappedGroups']): DebiasSummary {
  const { rows, how } = outliers;
  const over = cappedGroups.filter(({ share, outlierShare }) => outlierShare > 2 * share && outlierShare * rows >= 10);
  return {
    rules, chosen: chosen.rule, capped: chosen.capped, outliers: { rows, how }, cappedGroups, resampledRows: drawn.length, distinctRows: distinctOf(drawn),
    notes: [
      ...notes,
      `${chosen.capped} of ${rows} outlier rows (${how}) had their weight lowered to the median weight of the other rows, so that junk is not up-weighted.`,
      ...over.map(({ attribute, group, share, outlierShare }) =>
        `${attribute} = ${group} makes up ${percent(outlierShare)} of the outlier rows but ${percent(share)} of all rows: the cap holds back its weights more than others'.`),
    ],
  };
}

/** Different values among ascending ones. */
function distinctOf(drawn: Uint32Array): number {
  let distinct = 0;
  for (let i = 0; i < drawn.length; i++) if (i === 0 || drawn[i] !== drawn[i - 1]) distinct++;
  return distinct;
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;

/** Arrow files of `row`, `id`, `weight`, `density` and, since a density can be too small for a number, `log_density`. */
async function putWeights(store: Store, ingest: ArtifactRef, weights: Float64Array, { logDensity }: LogDensity): Promise<ArtifactRef[]> {
  const refs: ArtifactRef[] = [], idName = idColumn(await loadProfile(store, ingest));
  let start = 0;
  for await (const { table, rowNumbers } of partsOfSize(onlyColumns(datasetParts(store, ingest), idName), WEIGHT_ROWS)) {
    const end = start + table.rows, own = logDensity.slice(start, end);
    const part = new Table({
      row: makeVector(rowNumbers.slice()),
      id: vectorFromArray(idsOf(table, idName, rowNumbers), new Utf8()),
      weight: makeVector(weights.slice(start, end)),
      density: makeVector(own.map(Math.exp)),
      log_density: makeVector(own),
    });
    refs.push(await putArtifact(store, tableToIPC(part, 'file'), part.numRows));
    start = end;
  }
  return refs;
}
