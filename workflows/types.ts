import type { AuditState, StageRecord } from '../activities/activities.ts';
import type { AuditConfig } from '../activities/audit-config.ts';
import type { Json, StageName } from '../activities/types.ts';

export interface AuditInput {
  readonly id: string;
  readonly config: AuditConfig;
  /** Where the data lies on the workers' machines; the configuration has only its name. */
  readonly location: string;
  /** Stages asked for; what they need is computed too. Null: all. */
  readonly only: readonly StageName[] | null;
  /** Folder for the files, written by the host's worker; null when whoever watches writes them. */
  readonly out: string | null;
  readonly queues: Queues;
  /** Package version and hash of the sources. */
  readonly code: string;
  readonly searchAttributes: boolean;
  readonly provenance: { readonly [key: string]: Json };
}

export interface Queues {
  readonly workflow: string;
  readonly cpu: string;
  /** Stages of the network when `model.device` is gpu. */
  readonly gpu: string;
}

export interface AuditResult {
  readonly verdict: 'pass' | 'findings' | 'undecided' | null;
}

/** Answer of the `progress` query. */
export interface AuditProgress {
  readonly state: AuditState;
  readonly stages: readonly StageRecord[];
  /** Workflow ids of the networks' child workflows. */
  readonly children: readonly string[];
  /** How many of the networks are of a further β, and place no rows; absent: none. */
  readonly further?: number;
}
