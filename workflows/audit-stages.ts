import { patched, proxyActivities } from '@temporalio/workflow';
import type { StageActivities } from '../activities/activities.ts';
import type { ArtifactRef, StageInput, StageName, StageResult } from '../activities/types.ts';
import { computePieces, computeStage, joinPieces, type StagePieces } from './compute-stage.ts';
import { assertSame, Mending } from './mending.ts';
import type { ProgressBoard } from './progress-board.ts';
import { stageConfig } from './stage-config.ts';
import { STAGE_NEEDS, TASK_NEEDS } from './stage-needs.ts';
import { stageOptions } from './stage-options.ts';
import { EARLY_PRIORITY, MENDING_PRIORITY, STAGE_PRIORITY } from './stage-priority.ts';
import { SeedRuns } from './seed-runs.ts';
import type { AuditInput } from './types.ts';

type Manifests = readonly ArtifactRef[];
/** Stages that are there once, not once a seed. */
type SingleStage = keyof typeof STAGE_PRIORITY;

/** Stages that read the first seed's network only: more seeds do not change what they say, and they need not wait for them. */
const FIRST_SEED_ONLY: ReadonlySet<StageName> = new Set(['density', 'debias', 'perturb']);

/** Runs the stages of one audit, each as soon as what it needs is there. */
export class AuditStages {
  /** Audits begun before stages were told apart so waited for all seeds, and replay so. */
  readonly #early = patched('first-seed-is-enough');
  /** Those begun before tasks were told apart from their stage waited for all that the stage needs, and replay so. */
  readonly #ahead = patched('tasks-ahead-of-their-stage');
  readonly #input: AuditInput;
  readonly #board: ProgressBoard;
  readonly #started = new Map<StageName, Promise<Manifests>>();
  /** What was not found as some audit had left it. */
  readonly #computed = new Set<StageName>();
  readonly #inputs = new Map<StageName, StageInput['inputs']>();
  readonly #mending = new Mending((name) => this.#again(name));
  readonly #seedRuns: SeedRuns;
  /** The stage whose error came first; errors that follow from stopping the others do not count. */
  #firstFailed: StageName | null = null;

  constructor(input: AuditInput, board: ProgressBoard) {
    this.#input = input;
    this.#board = board;
    this.#seedRuns = new SeedRuns(input, this.#mending, this.#ahead);
  }

  get children(): readonly string[] {
    return this.#seedRuns.children;
  }

  get failed(): StageName | null {
    return this.#firstFailed;
  }

  /** What a run gives that reads results of stages; it is run again when one of them was damaged and has been mended. */
  withWholeInputs<Result>(run: () => Promise<Result>): Promise<Result> {
    return this.#mending.withWholeInputs(run);
  }

  /** Manifests of a stage (one, or one a seed); starts it, and what it needs, when nobody has yet. */
  manifests(name: StageName): Promise<Manifests> {
    const started = this.#started.get(name);
    if (started !== undefined) return started;
    const running = name === 'train' || name === 'latents' ? this.#seeds(name) : this.#single(name);
    this.#started.set(name, running);
    return running;
  }

  async #single(name: SingleStage): Promise<Manifests> {
    const needed = STAGE_NEEDS[name].filter((need) => this.#board.has(need));
    const firstOnly = FIRST_SEED_ONLY.has(name), early = firstOnly && this.#early;
    const [pieces, ...refs] = await Promise.all([this.#piecesAhead(name), ...needed.map((need) => (early ? this.#ofFirstSeed(need) : this.manifests(need)))]);
    const inputs = Object.fromEntries(needed.map((need, i) => [need, firstOnly ? refs[i]!.slice(0, 1) : refs[i]!]));
    this.#inputs.set(name, inputs);
    const computation = this.#computation(name, inputs, STAGE_PRIORITY[name]);
    return this.#track(name, async () => [await this.#mending.withWholeInputs(() => (pieces === null ? computeStage(computation) : joinPieces(computation, pieces)))]);
  }

  /** Asks a stage again that was done, which computes what it finds damaged; of networks, those that were there. */
  async #again(name: StageName): Promise<void> {
    if (name === 'train' || name === 'latents') return this.#seedRuns.again();
    const [before] = await this.manifests(name), { activity, input } = this.#computation(name, this.#inputs.get(name)!, MENDING_PRIORITY);
    assertSame(name, before, (await this.#mending.withWholeInputs(() => computeStage({ activity, input }))).manifest);
  }

  #computation(name: SingleStage, inputs: StageInput['inputs'], priorityKey: number): Parameters<typeof computeStage>[0] {
    const stages = proxyActivities<StageActivities>({ ...stageOptions, taskQueue: this.#input.queues.cpu, priority: { priorityKey } });
    const config = stageConfig(name, this.#input, this.#board.stages);
    return { activity: stages[name], input: { config, inputs, seed: this.#input.config.seed }, onTask: (done, total) => this.#board.running(name, { done, total }) };
  }

  /**
   * Pieces of a stage whose tasks need less than the stage, computed while it waits for the rest. Null where there are none, or where
   * what tasks need and the first network were there already: then the stage is likely to be, too.
   */
  async #piecesAhead(name: SingleStage): Promise<StagePieces | null> {
    const needs = TASK_NEEDS[name];
    if (needs === undefined || !this.#ahead) return null;
    const refs = await Promise.all(needs.map((need) => this.manifests(need)));
    // The search for errors is kept for the join of the outliers, beside which other workers have little to do.
    if (name === 'slices' && this.#board.has('density')) await this.manifests('density');
    if (!needs.some((need) => this.#computed.has(need)) && (await this.#seedRuns.first).train.cached) return null;
    const computation = this.#computation(name, Object.fromEntries(needs.map((need, i) => [need, refs[i]!])), EARLY_PRIORITY[name] ?? STAGE_PRIORITY[name]);
    return this.#blame(name, () => this.#mending.withWholeInputs(() => computePieces(computation)));
  }

  /** A stage's manifest for those that need the first seed's alone; of train and latents as soon as that seed is done. */
  async #ofFirstSeed(name: StageName): Promise<Manifests> {
    if (name !== 'train' && name !== 'latents') return this.manifests(name);
    this.manifests(name).catch(() => {});
    const { train, latents } = await this.#seedRuns.first;
    return name === 'train' ? [train.manifest] : [latents!.manifest];
  }

  /** Train and latents run together, seed by seed, in child workflows; both wait for all seeds. */
  async #seeds(name: 'train' | 'latents'): Promise<Manifests> {
    if (name === 'latents') {
      await this.manifests('train');
      return this.#latents;
    }
    const [encode] = await this.manifests('encode');
    const { config } = this.#input, latents = this.#board.has('latents');
    const seeds = Array.from({ length: config.model.seeds }, (_, k) => config.seed + k);
    let placed: readonly StageResult[] = [];
    const trained = await this.#track('train', async () => {
      const results = await Promise.all(await this.#seedRuns.start(seeds, encode!, latents));
      placed = results.flatMap((result) => result.latents ?? []);
      return results.map((result) => result.train);
    });
    if (latents) this.#board.done('latents', placed);
    this.#latents = placed.map((result) => result.manifest);
    return trained;
  }

  #latents: Manifests = [];

  async #track(name: StageName, run: () => Promise<readonly StageResult[]>): Promise<Manifests> {
    this.#board.running(name);
    const results = await this.#blame(name, run);
    if (results.some(({ cached }) => !cached)) this.#computed.add(name);
    this.#board.done(name, results);
    return results.map((result) => result.manifest);
  }

  async #blame<Result>(name: StageName, run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      this.#firstFailed ??= name;
      throw error;
    }
  }
}
