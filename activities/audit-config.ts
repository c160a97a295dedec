/** The whole configuration of an audit with every default filled in; `infra/config` makes it, stages read slices of it. */
export interface AuditConfig {
  readonly name: string;
  readonly data: DataConfig;
  readonly model: ModelConfig;
  readonly fairness: FairnessConfig;
  readonly debias: DebiasConfig;
  readonly outliers: OutliersConfig;
  readonly report: ReportConfig;
  readonly seed: number;
  readonly backend: BackendChoice;
}

export type BackendChoice = 'auto' | 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';

export interface DataConfig {
  /** As the user wrote it; where it really lies is found by the reader and never stored in a result. */
  readonly path: string;
  readonly columns: readonly string[] | null;
  readonly delimiter: string;
  readonly encoding: string;
  readonly id: string | null;
  readonly label: string | null;
  readonly positive: string | null;
  readonly score: string | null;
  readonly prediction: string | null;
  readonly threshold: number | null;
  readonly protected: readonly string[];
  readonly exclude: readonly string[];
  readonly weight: string | null;
  readonly cluster: string | null;
  readonly sequence: string | null;
  readonly time: string | null;
  readonly bins: { readonly [column: string]: readonly number[] };
  readonly scoreRange: readonly [number, number] | null;
  readonly missing: readonly string[];
  /** Percent of rows for train, validation and test; sums to 100. */
  readonly split: readonly [number, number, number];
}

export interface ModelConfig {
  readonly kind: 'vae' | 'beta-vae' | 'ae';
  readonly latent: number;
  /** The weight of the KL term; of several the first is the audit's, and networks of the others are trained to be reported beside it. */
  readonly beta: number | readonly number[];
  readonly seeds: number;
  readonly epochs: number;
  readonly batch: number;
  readonly hidden: number;
  readonly numbers: 'standard' | 'quantile';
  readonly precision: 'float32' | 'bfloat16';
  /** Whose workers train networks and run them: those of the cpu queue, or those that hold a GPU each. */
  readonly device: 'cpu' | 'gpu';
  readonly reference: 'auto' | 'logistic' | 'none';
}

export interface FairnessConfig {
  readonly level: number;
  /** For differences: a default, and by metric. */
  readonly tolerance: { readonly default: number; readonly [metric: string]: number };
  readonly ratio: number;
  readonly headline: 'auto' | readonly string[];
  readonly reference: { readonly [attribute: string]: string };
  readonly intersections: number;
  readonly minimum: number;
  readonly strata: readonly string[];
}

export interface DebiasConfig {
  readonly density: 'auto' | 'histogram' | 'gmm';
  readonly alpha: number;
  readonly essFloor: number;
}

export interface OutliersConfig {
  readonly detectors: 'auto' | readonly string[];
  readonly fdr: number;
  readonly top: number;
  readonly train: 'all' | 'normal';
}

export interface ReportConfig {
  readonly html: boolean;
  readonly regulators: readonly string[];
}

/** What the fairness stage's bytes depend on. */
export interface FairnessStageConfig {
  readonly fairness: FairnessConfig;
  readonly data: DataConfig;
  readonly reference: ModelConfig['reference'];
}

/** What the outliers stage's bytes depend on. */
export interface OutliersStageConfig {
  readonly outliers: OutliersConfig;
  readonly data: DataConfig;
}
