/** Where an object lies in the store; all that travels through Temporal besides the configuration. */
export interface ArtifactRef {
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows?: number;
}

export const STAGES = [
  'ingest', 'encode', 'train', 'latents', 'density', 'fairness', 'debias', 'outliers', 'perturb', 'slices', 'report',
] as const;
export type StageName = (typeof STAGES)[number];

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What a stage computes from: its slice of the configuration, the committed manifests it reads, and the seed. */
export interface StageInput<Config = unknown> {
  readonly config: Config;
  /** Stage name → manifests of that stage (one, or one per seed for train and latents, in order of seeds). */
  readonly inputs: Partial<Readonly<Record<StageName, readonly ArtifactRef[]>>>;
  readonly seed: number;
  /** How the work is shared out; absent: all of it in one call. No part of what the stage's result depends on. */
  readonly share?: WorkShare;
}

/** A stage whose work falls into tasks is called to name them, once for each of them, and to join what they gave, in their order. */
export type WorkShare =
  /** early: some of the inputs are not there yet. Tasks are named, none where they are not worth it, and nothing is computed. */
  | { readonly step: 'divide'; readonly early?: true }
  | { readonly step: 'task'; readonly task: Json }
  | { readonly step: 'join'; readonly pieces: readonly ArtifactRef[] };

/** What a stage hands back: named lists of stored objects, and a small summary that may be read without opening them. */
export interface StageOutput {
  readonly artifacts: Readonly<Record<string, readonly ArtifactRef[]>>;
  readonly summary: { readonly [key: string]: Json };
}

/** The committed form of a stage's output, stored under `stages/<stage>/<identity>.json`. Holds no time, host or path. */
export interface StageManifest extends StageOutput {
  readonly stage: StageName;
  readonly version: number;
  readonly identity: string;
  /** Hash of what the stage read from outside the store: the data file's content, for ingest. */
  readonly fingerprint?: string;
  /** Keys of the manifests it was computed from. */
  readonly inputs?: Readonly<Record<string, readonly string[]>>;
}

/** A committed manifest, of a stage or of one task. */
export interface StageCommit {
  readonly manifest: ArtifactRef;
  readonly cached: boolean;
}

/** The tasks that a stage's work falls into, for any worker to compute. */
export interface StageTasks {
  readonly tasks: readonly Json[];
}

export type StageOutcome = StageCommit | StageTasks;

interface Timed { readonly seconds: number }

/** What the workflow gets back from a stage that was computed. */
export type StageResult = StageCommit & Timed;
/** What the workflow gets back when it asks a stage to divide its work: the result where that is not worth while. */
export type StageAnswer = StageOutcome & Timed;

export interface StageProgress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly detail?: string;
  readonly epoch?: number;
}
