import type { Encoder } from '../models/encode/types.ts';
import type { FairnessResult } from '../models/fairness/types.ts';
import type { PerturbationSummary } from '../models/latent/perturb-types.ts';
import type { DensitySummary } from '../models/latent/types.ts';
import type { Profile } from '../models/encode/profile-types.ts';
import type { BetaNetworks } from '../models/networks/rate-distortion.ts';
import type { TrainingSummary } from '../models/networks/types.ts';
import type { MitigationSummary } from '../models/mitigation/types.ts';
import type { OutlierSummary } from '../models/outliers/types.ts';
import type { DebiasSummary } from '../models/resample/types.ts';
import type { SlicesSummary } from '../models/slices/types.ts';

/** Everything the page says, and nothing else: no time, host or path, so that the same audit gives the same page. */
export interface ReportInput {
  readonly name: string;
  readonly seed: number;
  readonly backend: string;
  /** Build, processor and threads of a native backend; empty where the bytes are the same everywhere. */
  readonly computedOn: readonly string[];
  /** Package version and hash of the sources. */
  readonly code: string;
  readonly stages: readonly { readonly name: string; readonly state: string }[];
  /** The configuration as JSON text, indented. */
  readonly config: string;
  /** Commands that compute this audit again and check it. */
  readonly reproduce: readonly string[];
  readonly documents: ReportDocuments;
}

/** Null: the stage was not part of this audit; the page then says "not computed". */
export interface ReportDocuments {
  readonly profile: Profile | null;
  readonly encoder: Encoder | null;
  readonly training: readonly TrainingSummary[] | null;
  /** Networks by β, the audit's own first; null where there is one β. */
  readonly betas: readonly BetaNetworks[] | null;
  readonly density: DensitySummary | null;
  readonly fairness: FairnessResult | null;
  readonly debias: DebiasSummary | null;
  /** What repairs would change; made by the debias stage. */
  readonly mitigation: MitigationSummary | null;
  readonly outliers: OutlierSummary | null;
  readonly perturbation: PerturbationSummary | null;
  readonly slices: SlicesSummary | null;
}
