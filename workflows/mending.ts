import { ApplicationFailure } from '@temporalio/workflow';
import type { ArtifactRef, StageName } from '../activities/types.ts';
import { rootCause } from './root-cause.ts';

/** How often one audit has results mended: a store that loses everything it is given is not to keep it busy for ever. */
const MOST_MENDED = 24;

/** The stage whose result a reader found damaged. */
function damagedIn(error: unknown): StageName | null {
  const cause = rootCause(error);
  if (!(cause instanceof ApplicationFailure) || cause.type !== 'DamagedInput') return null;
  const [detail] = cause.details as readonly { readonly stage: StageName }[];
  return detail!.stage;
}

/** The networks' two stages are asked together. */
const togetherWith = (stage: StageName): StageName => (stage === 'latents' ? 'train' : stage);

/** Has results computed again that were damaged after this audit found or made them. */
export class Mending {
  readonly #again: (stage: StageName) => Promise<void>;
  readonly #underWay = new Map<StageName, Promise<void>>();
  #mended = 0;

  /** again: asks a stage once more, which computes what it finds damaged. */
  constructor(again: (stage: StageName) => Promise<void>) {
    this.#again = again;
  }

  /**
   * What a run gives that reads the results of stages; it is run again when one of them was damaged and has been mended.
   * within: a stage that this very run asks again, and that is not to be waited for.
   */
  async withWholeInputs<Result>(run: () => Promise<Result>, within: StageName | null = null): Promise<Result> {
    for (;;) {
      try {
        return await run();
      } catch (error) {
        const damaged = damagedIn(error);
        if (damaged === null || this.#mended >= MOST_MENDED) throw error;
        this.#mended++;
        if (togetherWith(damaged) !== within) await this.#mend(damaged);
      }
    }
  }

  /** Readers that come upon the same damage wait for the same computation. */
  #mend(damaged: StageName): Promise<void> {
    const stage = togetherWith(damaged), found = this.#underWay.get(stage);
    if (found !== undefined) return found;
    const mending = this.#again(stage).finally(() => this.#underWay.delete(stage));
    this.#underWay.set(stage, mending);
    return mending;
  }
}

/** @throws ApplicationFailure when a result that was computed again is another one: what was computed from the first would not fit it. */
export function assertSame(stage: StageName, before: ArtifactRef | undefined, after: ArtifactRef | undefined): void {
  if (before === undefined || after === undefined || before.sha256 === after.sha256) return;
  throw ApplicationFailure.nonRetryable(`${before.key} was damaged, and the ${stage} stage computed other bytes in its place (${after.key}); run the audit again`);
}
