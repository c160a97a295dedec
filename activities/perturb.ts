import type { Encoder } from '../models/encode/types.ts';
import { randomStream } from '../models/engine/random.ts';
import { type PushedModel, perturbLatents } from '../models/latent/perturb-latents.ts';
import type { PerturbationSummary } from '../models/latent/perturb-types.ts';
import { activeUnits, unitMoments } from '../models/latent/points.ts';
import { protectedGroupings } from '../models/latent/protected-groupings.ts';
import { sampleRows } from '../models/outliers/sample-rows.ts';
import { type Grouping, TEST } from '../models/table.ts';
import { artifactOf, getJson, inputOf, putJson, readManifest } from './artifacts.ts';
import type { BackendChoice, DataConfig, FairnessConfig } from './audit-config.ts';
import { decodeLatents } from './decode-latents.ts';
import { type Dataset, loadDataset } from './load-dataset.ts';
import { type Decisions, loadDecisions } from './load-decisions.ts';
import { loadLatents } from './load-latents.ts';
import { loadModel } from './load-model.ts';
import type { Stage, StageContext } from './stage.ts';
import type { StageInput, StageOutput } from './types.ts';

export interface PerturbStageConfig {
  readonly fairness: FairnessConfig;
  readonly protected: readonly string[];
  readonly bins: DataConfig['bins'];
  readonly backend: BackendChoice;
}

const MOST_ROWS = 2_000;
/** At which a logistic model fitted to decisions decides itself. */
const EVEN_ODDS = 0.5;

/** What each active latent unit of the first seed does to the decision, and which columns it moves. */
export const perturb: Stage<PerturbStageConfig> = { name: 'perturb', version: 2, run };

async function run({ config, inputs, seed }: StageInput<PerturbStageConfig>, { store, signal, progress }: StageContext): Promise<StageOutput> {
  const dataset = await loadDataset(store, inputOf(inputs, 'ingest'));
  const encoder = await getJson<Encoder>(store, artifactOf(await readManifest(store, inputOf(inputs, 'encode')), 'summary'));
  const { mu, units } = await loadLatents(store, inputOf(inputs, 'latents'));
  const decisions = await loadDecisions(store, inputOf(inputs, 'fairness'));
  const trained = await loadModel(store, inputOf(inputs, 'train'));
  const { rows, notes } = heldOutSample(dataset, seed);
  const active = activeUnits(mu, units), model = pushedModel(decisions);
  const { level, tolerance } = config.fairness;
  const { latents, names } = await perturbLatents({
    mu: takeMeans(mu, units, rows), units, active, sigma: unitMoments(mu, units).variances.map(Math.sqrt), encoder, model,
    decode: (z) => decodeLatents(trained, z, units, config.backend),
    groupings: sampledGroupings(dataset, config, rows), tolerance: tolerance.default, level,
    report: (fraction) => {
      signal.throwIfAborted();
      progress({ fraction, detail: 'perturbation' });
    },
  });
  const summary: PerturbationSummary = {
    model: model === null ? null : decisions!.surrogate!.description, tolerance: tolerance.default, threshold: model?.threshold ?? null, rows: rows.length,
    latents, names, notes: [...notes, ...explain(active, model, decisions)],
  };
  const matters = latents.filter(({ verdict }) => verdict === 'matters').length;
  return { artifacts: { summary: [await putJson(store, summary)] }, summary: { latents: active.length, matters, rows: rows.length } };
}

/** A seeded sample of test rows; of all rows when there is no test part. */
function heldOutSample({ split }: Dataset, seed: number): { readonly rows: Uint32Array; readonly notes: readonly string[] } {
  const test = Uint32Array.from(split, (_, row) => row).filter((row) => split[row] === TEST);
  const pool = test.length > 0 ? test : Uint32Array.from(split, (_, row) => row);
  const rows = sampleRows(pool.length, MOST_ROWS, randomStream(seed, 'perturbed rows')).map((i) => pool[i]!);
  return { rows, notes: test.length > 0 ? [] : ['The test part is empty: rows were drawn from all parts.'] };
}

function takeMeans(mu: Float32Array, units: number, rows: Uint32Array): Float32Array {
  const taken = new Float32Array(rows.length * units);
  for (const [i, row] of rows.entries()) taken.set(mu.subarray(row * units, (row + 1) * units), i * units);
  return taken;
}

function sampledGroupings({ table }: Dataset, config: PerturbStageConfig, rows: Uint32Array): Grouping[] {
  return protectedGroupings(table, config.protected, config.bins).single.map((grouping) => ({
    ...grouping, codes: Int32Array.from(rows, (row) => grouping.codes[row]!),
  }));
}

/** The reference classifier decides at the audit's threshold; a surrogate was fitted to decisions and stands in for them at even odds. */
function pushedModel(decisions: Decisions | null): PushedModel | null {
  if (decisions === null || decisions.surrogate === null) return null;
  const { weights, intercept } = decisions.surrogate;
  return { weights, intercept, threshold: decisions.source === 'reference' ? decisions.threshold ?? EVEN_ODDS : EVEN_ODDS };
}

function explain(active: readonly number[], model: PushedModel | null, decisions: Decisions | null): string[] {
  if (active.length === 0) return ['No latent unit is active (variance of μ over 0.01): there is nothing to perturb.'];
  if (model === null) {
    const reason = decisions === null ? 'There is no decision and no classifier that stands in for one, so no model to push' : 'No train row has a decision, so no model could be fitted that decides on decoded rows';
    return [`${reason}: the latents are named, their effects are not known.`];
  }
  return [
    'Each latent mean is moved by one standard deviation either way and decoded; the decoded rows are soft (means and probabilities), and scores are compared with that of the decoded row, never with that of the row itself.',
    'Intervals hold for this trained model and the population of the test part; those by group are not adjusted for their number. The q-values control false discoveries among the latents.',
  ];
}
