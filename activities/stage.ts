import type { Store } from '../infra/store/store.ts';
import type { ArtifactRef, Json, StageInput, StageName, StageOutput, StageProgress } from './types.ts';

/** What a stage may use besides its input. */
export interface StageContext {
  readonly store: Store;
  /** Cheap; call as often as there is something to say. */
  readonly progress: (progress: StageProgress) => void;
  /** Told of what the operator should know: stored objects that are damaged and were set aside. */
  readonly warn?: (line: string) => void;
  /** Aborted on cancellation; long loops check it between steps and throw its reason. */
  readonly signal: AbortSignal;
  /** Small mutable notes that outlive an attempt (checkpoints), keyed by the stage's identity; removed once the stage is committed. */
  readonly checkpoints: Checkpoints;
}

export interface Checkpoints {
  /** The newest whole checkpoint of this stage's identity, if an earlier attempt left one. */
  latest(): Promise<{ readonly step: number; readonly bytes: Uint8Array } | null>;
  save(step: number, bytes: Uint8Array): Promise<ArtifactRef>;
}

/**
 * Work that falls into tasks which any worker may compute. What a task gives depends on the stage's input and on the task alone, and
 * `join` puts the outputs together in the order of the tasks, so that a divided stage ends with the bytes of an undivided one.
 */
export interface Division<Config = unknown> {
  /** The inputs that `tasks` and `task` read, where `join` reads more: tasks can then be computed before the rest is there. All by default. */
  readonly needs?: readonly StageName[];
  /** What all tasks need is computed here, stored, and named in each. One task: the work is not worth dividing. */
  tasks(input: StageInput<Config>, context: StageContext): Promise<readonly Json[]>;
  task(input: StageInput<Config>, task: Json, context: StageContext): Promise<StageOutput>;
  join(input: StageInput<Config>, pieces: readonly StageOutput[], context: StageContext): Promise<StageOutput>;
}

/** One stage of the audit. `version` is raised whenever the same input would give other bytes. */
export interface Stage<Config = unknown> {
  readonly name: StageName;
  readonly version: number;
  run(input: StageInput<Config>, context: StageContext): Promise<StageOutput>;
  /** Where the work can be shared out; `run` is then made of it by `dividedStage`. */
  readonly division?: Division<Config>;
  /** More of what the result depends on than the input says: the content of the data file, for ingest. */
  fingerprint?(input: StageInput<Config>, signal: AbortSignal): Promise<string>;
  /** Looks at the committed result, computed or found, for what later stages would refuse: `checks` in its config is no part of the identity. */
  check?(input: StageInput<Config>, store: Store, manifest: ArtifactRef): Promise<void>;
}
