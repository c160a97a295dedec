import type { ArtifactRef } from '../activities/types.ts';
import { furtherBetas } from './betas.ts';
import { assertSame, type Mending } from './mending.ts';
import { seedWorkflowId, startSeed, type SeedStart } from './start-seed.ts';
import type { TrainSeedResult } from './train-seed.ts';
import type { AuditInput } from './types.ts';

type Child = ReturnType<typeof startSeed>;

/** Results under way, in order: of the audit's own networks, seed by seed, and of those of each further β. */
interface Begun {
  readonly own: readonly Promise<TrainSeedResult>[];
  readonly further: readonly Promise<TrainSeedResult>[];
}

/** One audit's networks, each in a child workflow. */
export class SeedRuns {
  readonly children: string[] = [];
  readonly #input: AuditInput;
  readonly #mending: Mending;
  readonly #firstAlone: boolean;
  readonly #first = Promise.withResolvers<TrainSeedResult>();
  readonly #results = new Map<SeedStart, TrainSeedResult>();
  readonly #runs: Promise<TrainSeedResult>[] = [];

  /** firstAlone: the others begin when the first has begun, so that it is the first to be taken. */
  constructor(input: AuditInput, mending: Mending, firstAlone: boolean) {
    this.#input = input;
    this.#mending = mending;
    this.#firstAlone = firstAlone;
    // Whoever waits for all seeds hears of the error.
    this.#first.promise.catch(() => {});
  }

  /** What the first seed gives. */
  get first(): Promise<TrainSeedResult> {
    return this.#first.promise;
  }

  async start(encode: ArtifactRef, latents: boolean): Promise<Begun> {
    const { config: { seed, model } } = this.#input, seeds = Array.from({ length: model.seeds }, (_, k) => seed + k);
    const [first, ...others] = seeds.map((each, k): SeedStart => ({ seed: each, first: k === 0, beta: null, encode, latents })), started = this.#begin(first!), result = this.#result(first!, started);
    const further = furtherBetas(this.#input).flatMap((beta) => seeds.map((each): SeedStart => ({ seed: each, first: false, beta, encode, latents: false })));
    result.then(this.#first.resolve, this.#first.reject);
    if (this.#firstAlone) await started;
    const begin = (start: SeedStart): Promise<TrainSeedResult> => this.#result(start, this.#begin(start));
    return { own: [result, ...others.map(begin)], further: further.map(begin) };
  }

  /** Waits for all that were begun, however they end. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#runs);
  }

  /** Asks for the seeds that were done once more: what of them is damaged is computed again. */
  async again(): Promise<void> {
    for (const [start, before] of this.#results) {
      const { train, latents } = await this.#mending.withWholeInputs(async () => (await startSeed(this.#input, start)).result(), 'train');
      assertSame('train', before.train.manifest, train.manifest);
      assertSame('latents', before.latents?.manifest, latents?.manifest);
    }
  }

  #begin(start: SeedStart): Child {
    this.children.push(seedWorkflowId(start));
    return startSeed(this.#input, start);
  }

  /** What one seed gives, begun again where it came upon damage. */
  #result(start: SeedStart, started: Child): Promise<TrainSeedResult> {
    let child: Child | null = started;
    const run = this.#mending.withWholeInputs(async () => {
      const handle = await (child ?? startSeed(this.#input, start));
      child = null;
      const result = await handle.result();
      this.#results.set(start, result);
      return result;
    });
    this.#runs.push(run);
    return run;
  }
}
