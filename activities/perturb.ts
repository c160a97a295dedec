import type { Store } from '../infra/store/store.ts';
import { backendIdentity } from '../infra/trainer/backend-identity.ts';
import type { Encoder } from '../models/encode/types.ts';
import { randomStream } from '../models/engine/random.ts';
import type { ObservedRows } from '../models/latent/observed-difference.ts';
import { logisticScores, type PushedModel, perturbLatents } from '../models/latent/perturb-latents.ts';
import type { LatentEffect, PerturbationSummary } from '../models/latent/perturb-types.ts';
import { activeUnits, unitMoments } from '../models/latent/points.ts';
import { protectedGroupings } from '../models/latent/protected-groupings.ts';
import { sampleRows } from '../models/outliers/sample-rows.ts';
import { type Grouping, TEST } from '../models/table.ts';
import { artifactOf, getJson, inputOf, putJson, readManifest } from './artifacts.ts';
import type { BackendChoice, DataConfig, FairnessConfig } from './audit-config.ts';
import { loadColumns } from './dataset-parts.ts';
import { decodeLatents } from './decode-latents.ts';
import { sampleEncoded } from './encoded-sample.ts';
import type { Dataset } from './load-dataset.ts';
import { type Decisions, loadDecisions } from './load-decisions.ts';
import { type LatentMeans, loadMeans } from './load-latents.ts';
import { loadModel } from './load-model.ts';
import type { Stage, StageContext } from './stage.ts';
import type { ArtifactRef, StageInput, StageOutput } from './types.ts';

export interface PerturbStageConfig {
  readonly fairness: FairnessConfig;
  readonly protected: readonly string[];
  readonly bins: DataConfig['bins'];
  readonly backend: BackendChoice;
}

const MOST_ROWS = 2_000;
/** Rows of all parts among which real held-out rows are looked for. */
const MOST_ENCODED = 100_000;
/** At which a logistic model fitted to decisions decides itself. */
const EVEN_ODDS = 0.5;

/** What each active latent unit of the first seed does to the decision, and which columns it moves. */
export const perturb: Stage<PerturbStageConfig> = {
  name: 'perturb', version: 3, run,
  fingerprint: ({ config }) => backendIdentity(config.backend),
};

async function run({ config, inputs, seed }: StageInput<PerturbStageConfig>, { store, signal, progress }: StageContext): Promise<StageOutput> {
  const dataset = await loadColumns(store, inputOf(inputs, 'ingest'), new Set(config.protected));
  const encoder = await getJson<Encoder>(store, artifactOf(await readManifest(store, inputOf(inputs, 'encode')), 'summary'));
  const means = await loadMeans(store, inputOf(inputs, 'latents')), { mu, units } = means;
  const decisions = await loadDecisions(store, inputOf(inputs, 'fairness'));
  const trained = await loadModel(store, inputOf(inputs, 'train'));
  const { rows, notes } = heldOutSample(dataset, seed);
  const active = activeUnits(mu, units), model = pushedModel(decisions), moments = unitMoments(mu, units);
  const observed = model === null ? null : await observedRows(store, inputOf(inputs, 'encode'), { means, model, seed });
  const { level, tolerance } = config.fairness;
  const { latents, names } = await perturbLatents({
    mu: takeMeans(mu, units, rows), units, active, sigma: moments.variances.map(Math.sqrt), centre: moments.means, encoder, model,
    ...(observed === null ? {} : { observed }),
    decode: (z) => decodeLatents(trained, z, units, config.backend),
    groupings: sampledGroupings(dataset, config, rows), tolerance: tolerance.default, level,
    report: (fraction) => {
      signal.throwIfAborted();
      progress({ fraction, detail: 'perturbation' });
    },
  });
  const summary: PerturbationSummary = {
    model: model === null ? null : decisions!.surrogate!.description, tolerance: tolerance.default, threshold: model?.threshold ?? null, rows: rows.length,
    observedRows: observed?.score.length ?? 0, latents, names, notes: [...notes, ...explain(active, model, decisions), ...contradictions(latents, tolerance.default)],
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

/** Held-out rows (all when there is no test part) as they are, with the model's score of each. */
async function observedRows(store: Store, encode: ArtifactRef, { means: { mu, units }, model, seed }: { readonly means: LatentMeans; readonly model: PushedModel; readonly seed: number }): Promise<ObservedRows> {
  const { encoded: { x, split }, rows } = await sampleEncoded(store, encode, MOST_ENCODED, seed);
  const test = Uint32Array.from(split, (_, at) => at).filter((at) => split[at] === TEST), taken = test.length > 0 ? test : Uint32Array.from(split, (_, at) => at);
  const scores = logisticScores(model, x.values, x.columns);
  return { mu: takeMeans(mu, units, rows === null ? taken : taken.map((at) => rows[at]!)), score: Float64Array.from(taken, (at) => scores[at]!) };
}

/** Factors of which real rows tell another story than decoded ones. */
function contradictions(latents: readonly LatentEffect[], tolerance: number): string[] {
  const told = ({ latent, effect, observed }: LatentEffect): string => `z${latent} (${effect.toFixed(3)} on decoded rows, ${observed!.difference.toFixed(3)} between real ones)`;
  const known = latents.filter(({ observed }) => observed !== null && observed !== undefined);
  const open = known.filter(({ interval: [low, high], verdict }) => verdict === 'undecided' && low > -tolerance && high < tolerance).map(told);
  const turned = known.filter(({ interval, observed }) => (interval[0] > 0 && observed!.interval[1] < 0) || (interval[1] < 0 && observed!.interval[0] > 0)).map(told);
  return [
    ...(open.length === 0 ? [] : [`Within the tolerance on decoded rows, but not between real rows, and so undecided: ${open.join(', ')}. The decoder may say less of these factors than the rows hold, or what goes with them may differ.`]),
    ...(turned.length === 0 ? [] : [`Of opposite sign on decoded and between real rows: ${turned.join(', ')}. What goes with these factors outweighs what the decoder moves by them.`]),
  ];
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
    'Verdicts hold on decoded rows. Negligible also asks that real held-out rows around +σ and −σ of the factor (within σ/2) differ in mean score by no more than the tolerance; that difference is confounded with all that goes with the factor, and is no effect.',
    'Intervals hold for this trained model and the population of the test part; those by group are not adjusted for their number. The q-values control false discoveries among the latents.',
  ];
}
