import type { ArtifactRef, StageResult } from '../activities/types.ts';
import { furtherBetas } from './betas.ts';
import type { ProgressBoard } from './progress-board.ts';
import type { SeedRuns } from './seed-runs.ts';
import type { StageOutcomes } from './stage-outcomes.ts';
import type { AuditInput } from './types.ts';

type Manifests = readonly ArtifactRef[];

interface NetworkParts {
  readonly input: AuditInput;
  readonly board: ProgressBoard;
  readonly outcomes: StageOutcomes;
  readonly runs: SeedRuns;
  readonly encode: () => Promise<Manifests>;
}

/** Train and latents run together, seed by seed, in child workflows; both wait for all seeds. Networks of further β run beside them. */
export class NetworkStages {
  /** How many networks of further β there are, besides one a seed. */
  readonly furtherNetworks: number;
  readonly #parts: NetworkParts;
  #begun: ReturnType<SeedRuns['start']> | null = null;
  #own: Promise<Manifests> | null = null;
  #further: Promise<Manifests> | null = null;
  #trained: readonly StageResult[] = [];
  #placed: readonly StageResult[] = [];

  constructor(parts: NetworkParts) {
    this.#parts = parts;
    this.furtherNetworks = furtherBetas(parts.input).length * parts.input.config.model.seeds;
  }

  /** The audit's own networks. */
  train(): Promise<Manifests> {
    return (this.#own ??= this.#trainOwn());
  }

  async latents(): Promise<Manifests> {
    await this.train();
    return this.#placed.map((result) => result.manifest);
  }

  /** Networks of further β, in the order of the values, seed by seed: nobody but the report waits for them. */
  further(): Promise<Manifests> {
    return (this.#further ??= this.furtherNetworks === 0 ? Promise.resolve([]) : this.#trainFurther());
  }

  #start(encode: ArtifactRef): ReturnType<SeedRuns['start']> {
    return (this.#begun ??= this.#parts.runs.start(encode, this.#parts.board.has('latents')));
  }

  async #trainOwn(): Promise<Manifests> {
    const { board, outcomes } = this.#parts, [encode] = await this.#parts.encode();
    const manifests = await outcomes.track('train', async () => {
      const results = await Promise.all((await this.#start(encode!)).own);
      this.#placed = results.flatMap((result) => result.latents ?? []);
      return (this.#trained = results.map((result) => result.train));
    }, this.furtherNetworks === 0);
    if (board.has('latents')) board.done('latents', this.#placed);
    return manifests;
  }

  async #trainFurther(): Promise<Manifests> {
    const { board, outcomes } = this.#parts, [encode] = await this.#parts.encode(), { further } = await this.#start(encode!);
    const results = await outcomes.blame('train', async () => (await Promise.all(further)).map(({ train }) => train));
    await this.train();
    board.done('train', [...this.#trained, ...results]);
    return results.map((result) => result.manifest);
  }
}
