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
}

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
}

/** What the workflow gets back from a stage. */
export interface StageResult {
  readonly manifest: ArtifactRef;
  readonly cached: boolean;
  readonly seconds: number;
}

export interface StageProgress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly detail?: string;
  readonly epoch?: number;
}
