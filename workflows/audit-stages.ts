import { patched, proxyActivities } from '@temporalio/workflow';
import type { StageActivities } from '../activities/activities.ts';
import type { ArtifactRef, StageInput, StageName } from '../activities/types.ts';
import { computePieces, computeStage, joinPieces, type StagePieces } from './compute-stage.ts';
import { assertSame, Mending } from './mending.ts';
import { NetworkStages } from './network-stages.ts';
import type { ProgressBoard } from './progress-board.ts';
import { stageConfig } from './stage-config.ts';
import { STAGE_NEEDS, TASK_NEEDS } from './stage-needs.ts';
import { stageOptions } from './stage-options.ts';
import { StageOutcomes } from './stage-outcomes.ts';
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
  readonly #inputs = new Map<StageName, StageInput['inputs']>();
  readonly #mending = new Mending((name) => this.#again(name));
  readonly #seedRuns: SeedRuns;
  readonly #outcomes: StageOutcomes;
  readonly #networks: NetworkStages;

  constructor(input: AuditInput, board: ProgressBoard) {
    this.#input = input;
    this.#board = board;
    this.#seedRuns = new SeedRuns(input, this.#mending, this.#ahead);
    this.#outcomes = new StageOutcomes(board);
    this.#networks = new NetworkStages({ input, board, outcomes: this.#outcomes, runs: this.#seedRuns, encode: () => this.manifests('encode') });
  }

  get children(): readonly string[] {
    return this.#seedRuns.children;
  }

  get furtherNetworks(): number {
    return this.#networks.furtherNetworks;
  }

  get failed(): StageName | null {
    return this.#outcomes.failed;
  }

  /** Waits for all networks that were begun, however they end. */
  networksEnded(): Promise<void> {
    return this.#seedRuns.ended();
  }

  /** What a run gives that reads results of stages; it is run again when one of them was damaged and has been mended. */
  withWholeInputs<Result>(run: () => Promise<Result>): Promise<Result> {
    return this.#mending.withWholeInputs(run);
  }

  /** All that is wanted, each as it ends. */
  whole(wanted: readonly StageName[]): readonly Promise<Manifests>[] {
    return [...wanted.map((name) => this.manifests(name)), ...(this.furtherNetworks > 0 ? [this.#networks.further()] : [])];
  }

  /** Manifests of a stage (one, or one a seed); starts it, and what it needs, when nobody has yet. */
  manifests(name: StageName): Promise<Manifests> {
    const started = this.#started.get(name);
    if (started !== undefined) return started;
    const running = name === 'train' || name === 'latents' ? this.#networks[name]() : this.#single(name);
    this.#started.set(name, running);
    return running;
  }

  async #single(name: SingleStage): Promise<Manifests> {
    const needed = STAGE_NEEDS[name].filter((need) => this.#board.has(need));
    const firstOnly = FIRST_SEED_ONLY.has(name), early = firstOnly && this.#early;
    const [pieces, further, ...refs] = await Promise.all([this.#piecesAhead(name), name === 'report' ? this.#networks.further() : [], ...needed.map((need) => (early ? this.#ofFirstSeed(need) : this.manifests(need)))]);
    const inputs = Object.fromEntries(needed.map((need, i) => [need, firstOnly ? refs[i]!.slice(0, 1) : need === 'train' ? [...refs[i]!, ...further] : refs[i]!]));
    this.#inputs.set(name, inputs);
    const computation = this.#computation(name, inputs, STAGE_PRIORITY[name]);
    return this.#outcomes.track(name, async () => [await this.#mending.withWholeInputs(() => (pieces === null ? computeStage(computation) : joinPieces(computation, pieces)))]);
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
    if (!needs.some((need) => this.#outcomes.wasComputed(need)) && (await this.#seedRuns.first).train.cached) return null;
    const computation = this.#computation(name, Object.fromEntries(needs.map((need, i) => [need, refs[i]!])), EARLY_PRIORITY[name] ?? STAGE_PRIORITY[name]);
    return this.#outcomes.blame(name, () => this.#mending.withWholeInputs(() => computePieces(computation)));
  }

  /** A stage's manifest for those that need the first seed's alone; of train and latents as soon as that seed is done. */
  async #ofFirstSeed(name: StageName): Promise<Manifests> {
    if (name !== 'train' && name !== 'latents') return this.manifests(name);
    this.manifests(name).catch(() => {});
    const { train, latents } = await this.#seedRuns.first;
    return name === 'train' ? [train.manifest] : [latents!.manifest];
  }
}
