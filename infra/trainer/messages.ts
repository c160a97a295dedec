import type { StageInput, StageName, StageOutcome, StageProgress } from '../../activities/types.ts';
import type { StoreConfig } from '../store/open-store.ts';

/** One stage to compute, and where its data lies. */
export interface StageRequest {
  readonly stage: StageName;
  readonly input: StageInput;
}

export type ToStageProcess =
  | { readonly type: 'run'; readonly request: StageRequest; readonly store: StoreConfig }
  | { readonly type: 'cancel' };

export type FromStageProcess =
  | { readonly type: 'progress'; readonly progress: StageProgress }
  | { readonly type: 'warning'; readonly line: string }
  | { readonly type: 'done'; readonly result: StageOutcome; readonly residentBytes: number }
  | { readonly type: 'failed'; readonly failure: StageFailure };

/** An error as it crosses the process boundary. `data`: the data or configuration is at fault, a retry cannot mend it. */
export interface StageFailure {
  readonly kind: 'data' | 'infrastructure' | 'cancelled';
  readonly code: string;
  readonly message: string;
  readonly stack: string;
}
