import type { ArtifactRef, StageName, StageResult } from '../activities/types.ts';
import type { ProgressBoard } from './progress-board.ts';

/** What becomes of the stages of one audit: told to the board, and which of them failed first. */
export class StageOutcomes {
  readonly #board: ProgressBoard;
  readonly #computed = new Set<StageName>();
  #firstFailed: StageName | null = null;

  constructor(board: ProgressBoard) {
    this.#board = board;
  }

  /** The stage whose error came first; errors that follow from stopping the others do not count. */
  get failed(): StageName | null {
    return this.#firstFailed;
  }

  /** Whether something of a stage was not found as some audit had left it. */
  wasComputed(name: StageName): boolean {
    return this.#computed.has(name);
  }

  /** Runs a stage, or a part of it: then it is done when `whole` says so. */
  async track(name: StageName, run: () => Promise<readonly StageResult[]>, whole = true): Promise<readonly ArtifactRef[]> {
    this.#board.running(name);
    const results = await this.blame(name, run);
    if (results.some(({ cached }) => !cached)) this.#computed.add(name);
    if (whole) this.#board.done(name, results);
    return results.map((result) => result.manifest);
  }

  async blame<Result>(name: StageName, run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      this.#firstFailed ??= name;
      throw error;
    }
  }
}
