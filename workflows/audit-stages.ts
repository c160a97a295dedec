import { executeChild, patched, proxyActivities, ParentClosePolicy, workflowInfo, ChildWorkflowCancellationType } from '@temporalio/workflow';
import type { StageActivities } from '../activities/activities.ts';
import type { ArtifactRef, StageName, StageResult } from '../activities/types.ts';
import { computeStage } from './compute-stage.ts';
import type { ProgressBoard } from './progress-board.ts';
import { stageConfig } from './stage-config.ts';
import { STAGE_NEEDS } from './stage-needs.ts';
import { stageOptions } from './stage-options.ts';
import { STAGE_PRIORITY, seedPriority } from './stage-priority.ts';
import type { trainSeedWorkflow, TrainSeedResult } from './train-seed.ts';
import type { AuditInput } from './types.ts';

type Manifests = readonly ArtifactRef[];

/** Stages that read the first seed's network only: more seeds do not change what they say, and they need not wait for them. */
const FIRST_SEED_ONLY: ReadonlySet<StageName> = new Set(['density', 'debias', 'perturb']);

/** Runs the stages of one audit, each as soon as what it needs is there. */
export class AuditStages {
  readonly children: string[] = [];
  /** Audits begun before stages were told apart so waited for all seeds, and replay so. */
  readonly #early = patched('first-seed-is-enough');
  readonly #input: AuditInput;
  readonly #board: ProgressBoard;
  readonly #started = new Map<StageName, Promise<Manifests>>();
  readonly #firstSeed = Promise.withResolvers<TrainSeedResult>();
  /** The stage whose error came first; errors that follow from stopping the others do not count. */
  #firstFailed: StageName | null = null;

  constructor(input: AuditInput, board: ProgressBoard) {
    this.#input = input;
    this.#board = board;
    // Whoever waits for all seeds hears of the error.
    this.#firstSeed.promise.catch(() => {});
  }

  get failed(): StageName | null {
    return this.#firstFailed;
  }

  /** Manifests of a stage (one, or one a seed); starts it, and what it needs, when nobody has yet. */
  manifests(name: StageName): Promise<Manifests> {
    const started = this.#started.get(name);
    if (started !== undefined) return started;
    const running = name === 'train' || name === 'latents' ? this.#seeds(name) : this.#single(name);
    this.#started.set(name, running);
    return running;
  }

  async #single(name: Exclude<StageName, 'train' | 'latents'>): Promise<Manifests> {
    const needed = STAGE_NEEDS[name].filter((need) => this.#board.has(need));
    const firstOnly = FIRST_SEED_ONLY.has(name), early = firstOnly && this.#early;
    const refs = await Promise.all(needed.map((need) => (early ? this.#ofFirstSeed(need) : this.manifests(need))));
    const inputs = Object.fromEntries(needed.map((need, i) => [need, firstOnly ? refs[i]!.slice(0, 1) : refs[i]!]));
    const config = stageConfig(name, this.#input, this.#board.stages);
    const onTask = (done: number, total: number): void => this.#board.running(name, { done, total });
    return this.#track(name, async () => [await computeStage({ activity: this.#activity(name), input: { config, inputs, seed: this.#input.config.seed }, onTask })]);
  }

  #activity(name: Exclude<StageName, 'train' | 'latents'>): StageActivities[StageName] {
    return proxyActivities<StageActivities>({ ...stageOptions, taskQueue: this.#input.queues.cpu, priority: { priorityKey: STAGE_PRIORITY[name] } })[name];
  }

  /** A stage's manifest for those that need the first seed's alone; of train and latents as soon as that seed is done. */
  async #ofFirstSeed(name: StageName): Promise<Manifests> {
    if (name !== 'train' && name !== 'latents') return this.manifests(name);
    this.manifests(name).catch(() => {});
    const { train, latents } = await this.#firstSeed.promise;
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
      const runs = seeds.map((seed, k) => this.#seed(seed, encode!, { latents, first: k === 0 }));
      runs[0]!.then(this.#firstSeed.resolve, this.#firstSeed.reject);
      const results = await Promise.all(runs);
      placed = results.flatMap((result) => result.latents ?? []);
      return results.map((result) => result.train);
    });
    if (latents) this.#board.done('latents', placed);
    this.#latents = placed.map((result) => result.manifest);
    return trained;
  }

  #latents: Manifests = [];

  #seed(seed: number, encode: ArtifactRef, { latents, first }: { readonly latents: boolean; readonly first: boolean }): Promise<TrainSeedResult> {
    const { config, queues } = this.#input, workflowId = `${workflowInfo().workflowId}-seed-${seed}`;
    this.children.push(workflowId);
    return executeChild<typeof trainSeedWorkflow>('trainSeedWorkflow', {
      workflowId, parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL, cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      // The seed's activities inherit it.
      priority: { priorityKey: seedPriority(first) },
      args: [{
        queue: config.model.device === 'gpu' ? queues.gpu : queues.cpu, seed, encode, latents, trainConfig: stageConfig('train', this.#input, []),
        latentsConfig: stageConfig('latents', this.#input, []),
      }],
    });
  }

  async #track(name: StageName, run: () => Promise<readonly StageResult[]>): Promise<Manifests> {
    this.#board.running(name);
    try {
      const results = await run();
      this.#board.done(name, results);
      return results.map((result) => result.manifest);
    } catch (error) {
      this.#firstFailed ??= name;
      throw error;
    }
  }
}
