import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifactOf, getJson, readManifest } from '../../activities/artifacts.ts';
import { loadEncoded } from '../../activities/load-encoded.ts';
import { loadLatents } from '../../activities/load-latents.ts';
import { loadLogDensity } from '../../activities/load-density.ts';
import { loadRanks } from '../../activities/load-outliers.ts';
import { runStage } from '../../activities/run-stage.ts';
import { loadStage } from '../../activities/stage-table.ts';
import type { ArtifactRef, StageName } from '../../activities/types.ts';
import { loadConfig } from '../../infra/config/load-config.ts';
import { ensureSample } from '../../infra/setup/samples.ts';
import { DirStore } from '../../infra/store/dir-store.ts';
import type { PerturbationSummary } from '../../models/latent/perturb-types.ts';
import { spearman } from '../../models/stats/spearman.ts';
import { TEST } from '../../models/table.ts';
import { stageConfig } from '../../workflows/stage-config.ts';
import type { AuditInput } from '../../workflows/types.ts';

/**
 * What bfloat16 products change of an audit, beside what another seed changes:
 * `node test/bench/precision.ts adult` or `node test/bench/precision.ts FILE.csv label=… protected=[…]` trains three seeds in either precision
 * on one split and prints the rows of the table in docs/engine.md. Needs the tensorflow backend.
 */
const SEEDS = [1, 2, 3], PRECISIONS = ['float32', 'bfloat16'] as const, TOP = 0.01;
type Precision = typeof PRECISIONS[number];
const [, , data = 'adult', ...settings] = process.argv;

/** What one training gives of the rows that it did not see, and of all rows what later stages make of it. */
interface Outcome {
  /** Means per test row at z = μ and of the KL, in nats. */
  readonly reconstruction: number;
  readonly kl: number;
  readonly logDensity: Float64Array;
  /** Positions of the strangest hundredth. */
  readonly top: ReadonlySet<number>;
  readonly verdicts: string;
}

async function inputFor(): Promise<AuditInput> {
  const sample = !data.includes('.'), file = sample ? join(import.meta.dirname, `../../infra/samples/${data}.yaml`) : data;
  const { audit, location } = await loadConfig({ file, settings: settings.map((setting) => `data.${setting}`), seed: null, backend: 'tensorflow', environment: {}, folder: process.cwd() });
  return { id: 'bench', config: audit, location: sample ? await ensureSample(data) : location, only: null, out: null, queues: { workflow: '', cpu: '', gpu: '' }, code: 'bench', searchAttributes: false, provenance: {} };
}

type Made = (name: StageName, inputs: Partial<Record<StageName, readonly ArtifactRef[]>>, seed?: number, precision?: Precision) => Promise<readonly ArtifactRef[]>;

function maker(store: DirStore, input: AuditInput): Made {
  const services = { store, signal: new AbortController().signal, progress: (): void => undefined };
  return async (name, inputs, seed = input.config.seed, precision = 'float32') => {
    const chosen: AuditInput = { ...input, config: { ...input.config, model: { ...input.config.model, precision } } };
    const outcome = await runStage(await loadStage(name), { config: stageConfig(name, chosen, []), inputs, seed }, services);
    if (!('manifest' in outcome)) throw new Error(`${name} was not computed`);
    return [outcome.manifest];
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function outcomeOf(store: DirStore, made: Made, base: Partial<Record<StageName, readonly ArtifactRef[]>>, seed: number, precision: Precision): Promise<Outcome> {
  const { ingest, encode, fairness } = base as Record<'ingest' | 'encode' | 'fairness', readonly ArtifactRef[]>;
  const train = await made('train', { encode }, seed, precision), latents = await made('latents', { encode, train }, seed, precision);
  const density = await made('density', { ingest, encode, latents }), outliers = await made('outliers', { ingest, encode, latents, density });
  const perturb = await made('perturb', { ingest, encode, train, latents, fairness });
  const { split } = await loadEncoded(store, encode[0]!), { reconstruction, kl } = await loadLatents(store, latents[0]!), test = [...split.keys()].filter((row) => split[row] === TEST);
  const ranks = await loadRanks(store, outliers[0]!), verdicts = (await getJson<PerturbationSummary>(store, artifactOf(await readManifest(store, perturb[0]!), 'summary'))).latents.map(({ verdict }) => verdict);
  const counted = (verdict: string): number => verdicts.filter((each) => each === verdict).length;
  return {
    reconstruction: mean(test.map((row) => reconstruction[row]!)), kl: mean(test.map((row) => kl[row]!)), logDensity: (await loadLogDensity(store, density[0]!)).logDensity,
    top: new Set([...ranks.keys()].filter((row) => ranks[row]! <= TOP * ranks.length)), verdicts: `${counted('matters')}/${counted('negligible')}/${counted('undecided')}`,
  };
}

const overlap = (a: ReadonlySet<number>, b: ReadonlySet<number>): number => [...a].filter((row) => b.has(row)).length / Math.max(a.size, 1);
const folder = await mkdtemp(join(tmpdir(), 'penumbra-precision-'));
try {
  const store = new DirStore(folder), input = await inputFor(), made = maker(store, input);
  const ingest = await made('ingest', {}), encode = await made('encode', { ingest }), fairness = await made('fairness', { ingest, encode });
  const outcomes: Record<Precision, Outcome[]> = { float32: [], bfloat16: [] };
  for (const seed of SEEDS) {
    for (const precision of PRECISIONS) {
      const outcome = await outcomeOf(store, made, { ingest, encode, fairness }, seed, precision);
      outcomes[precision].push(outcome);
      process.stdout.write(`seed ${seed} ${precision}: reconstruction ${outcome.reconstruction.toFixed(3)}, KL ${outcome.kl.toFixed(3)}, sum ${(outcome.reconstruction + outcome.kl).toFixed(3)}, units that matter/are negligible/undecided ${outcome.verdicts}\n`);
    }
  }
  const { float32, bfloat16 } = outcomes;
  const compare = (what: string, pairs: readonly (readonly [Outcome, Outcome])[]): void => {
    const all = (of: (a: Outcome, b: Outcome) => number): string => pairs.map(([a, b]) => of(a, b).toFixed(3)).join(' ');
    process.stdout.write(`${what}: Δ loss ${all((a, b) => b.reconstruction + b.kl - a.reconstruction - a.kl)}, rank correlation of densities ${all((a, b) => spearman(a.logDensity, b.logDensity) ?? NaN)}, top 1 % shared ${all((a, b) => overlap(a.top, b.top))}\n`);
  };
  compare('bfloat16 against float32, same seed', float32.map((outcome, i) => [outcome, bfloat16[i]!]));
  compare('seed against seed, float32', [[0, 1], [0, 2], [1, 2]].map(([a, b]) => [float32[a!]!, float32[b!]!]));
} finally {
  await rm(folder, { recursive: true, force: true });
}
