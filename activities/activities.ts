import type { ArtifactRef, Json, StageAnswer, StageInput, StageName } from './types.ts';

/** One activity a stage. It answers with tasks only when it is asked to divide its work. */
export type StageActivities = { readonly [Name in StageName]: (input: StageInput) => Promise<StageAnswer> };

export type AuditState = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';

/** What is kept of an audit after its end, and of one under way when no host answers. */
export interface AuditRecord {
  readonly id: string;
  readonly name: string;
  readonly state: AuditState;
  readonly out: string | null;
  readonly stages: readonly StageRecord[];
  readonly report: ArtifactRef | null;
  readonly verdict: 'pass' | 'findings' | 'undecided' | null;
  readonly failure: { readonly kind: 'data' | 'infrastructure'; readonly stage: StageName | null; readonly message: string } | null;
  readonly seconds: number;
  /** Of the machine and the run; goes into provenance.json alone. */
  readonly provenance: { readonly [key: string]: Json };
}

export interface StageRecord {
  readonly name: StageName;
  readonly state: 'waiting' | 'running' | 'cached' | 'completed' | 'failed';
  readonly seconds: number | null;
  /** While a divided stage runs. */
  readonly tasks?: { readonly done: number; readonly total: number };
}

export interface AuditActivities extends StageActivities {
  /** Writes the record of an audit that has ended, and its files to the folder that was asked for. */
  readonly finish: (record: AuditRecord) => Promise<Pick<AuditRecord, 'verdict'>>;
}
