import type { Store } from '../infra/store/store.ts';
import type { ArtifactRef, StageInput, StageName, StageOutput, StageProgress } from './types.ts';

/** What a stage may use besides its input. */
export interface StageContext {
  readonly store: Store;
  /** Cheap; call as often as there is something to say. */
  readonly progress: (progress: StageProgress) => void;
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

/** One stage of the audit. `version` is raised whenever the same input would give other bytes. */
export interface Stage<Config = unknown> {
  readonly name: StageName;
  readonly version: number;
  run(input: StageInput<Config>, context: StageContext): Promise<StageOutput>;
  /** More of what the result depends on than the input says: the content of the data file, for ingest. */
  fingerprint?(input: StageInput<Config>, signal: AbortSignal): Promise<string>;
  /** Looks at the committed result, computed or found, for what later stages would refuse: `checks` in its config is no part of the identity. */
  check?(input: StageInput<Config>, store: Store, manifest: ArtifactRef): Promise<void>;
}
