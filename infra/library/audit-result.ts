import type { StageRecord } from '../../activities/activities.ts';
import type { StageName } from '../../activities/types.ts';
import type { Profile } from '../../models/encode/profile-types.ts';
import type { FairnessResult, Finding } from '../../models/fairness/types.ts';
import type { PerturbationSummary } from '../../models/latent/perturb-types.ts';
import type { DensitySummary } from '../../models/latent/types.ts';
import type { MitigationSummary } from '../../models/mitigation/types.ts';
import type { OutlierSummary } from '../../models/outliers/types.ts';
import type { DebiasSummary } from '../../models/resample/types.ts';
import type { SlicesSummary } from '../../models/slices/types.ts';

/** `report.json`. */
export interface ReportSummary {
  readonly name: string;
  readonly verdict: 'pass' | 'findings' | 'undecided';
  /** The headline disparities that survive their adjustment. */
  readonly findings: readonly Finding[];
  /** Every headline comparison, in words. */
  readonly headline: readonly Finding[];
  readonly stages: readonly { readonly name: StageName; readonly state: string }[];
  readonly backend: string;
  readonly seed: number;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The JSON files of a result; null for what was not computed. Numbers have up to 9 significant digits; one that does not exist is null. */
export interface AuditDocuments {
  readonly report: ReportSummary;
  readonly profile: Profile | null;
  readonly density: DensitySummary | null;
  readonly fairness: FairnessResult | null;
  readonly debias: DebiasSummary | null;
  readonly mitigation: MitigationSummary | null;
  readonly outliers: OutlierSummary | null;
  readonly perturbation: PerturbationSummary | null;
  readonly slices: SlicesSummary | null;
}

export interface ResultFile {
  /** `fairness.json`, `charts/latent-map.svg` … */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
}

/** A finished audit. */
export interface AuditResult {
  readonly id: string;
  readonly name: string;
  /** `findings` when a headline disparity survives its adjustment, `pass` when every headline gap is at parity, else `undecided`. */
  readonly verdict: ReportSummary['verdict'];
  /** The folder of the files, absolute. */
  readonly out: string;
  /** Every file that the result's manifest lists. */
  readonly files: readonly ResultFile[];
  readonly documents: AuditDocuments;
  readonly stages: readonly StageRecord[];
  readonly seconds: number;
}

/** How far an audit is. */
export interface AuditProgress {
  readonly id: string;
  readonly name: string;
  readonly state: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  /** The stage that has been under way longest. */
  readonly stage: StageName | null;
  /** 0 to 1. */
  readonly progress: number;
  readonly stages: readonly { readonly name: StageName; readonly state: StageRecord['state']; readonly progress: number; readonly detail: string | null }[];
  /** While training. */
  readonly epoch?: number;
}
