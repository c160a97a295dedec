import type { OnlineState } from '../models/nights/online-fdr.ts';
import type { WatchSettings, WatchState } from '../models/nights/watch.ts';
import type { AuditConfig } from './audit-config.ts';
import type { Json } from './types.ts';

/** What a schedule runs: stored when it is created, and never changed under its hash. */
export interface StoredSchedule {
  readonly name: string;
  readonly config: AuditConfig;
  readonly location: string;
  /** Whether this machine's host serves it: it knows the search attributes, and writes files here. */
  readonly embedded: boolean;
  /** Folder for each night's files, the feed and junit.xml; null: nothing is written but the store. */
  readonly out: string | null;
  readonly watch: WatchSettings;
  /** A night with a smaller share of the last good night's rows has lost rows. */
  readonly minimumRows: number;
  /** Where alarms are posted; `env` for PENUMBRA_WEBHOOK_URL of the worker. */
  readonly webhook: string | null;
}

/** What every night starts from; small, since it lies in the schedule and in each history. */
export interface NightInput {
  readonly schedule: string;
  /** sha256 of the stored schedule. */
  readonly version: string;
  readonly code: string;
}

export interface NightRequest extends NightInput {
  /** The time the schedule meant, not the time it came to. */
  readonly night: string;
  readonly workflowId: string;
}

/** How a night went; only `good` ones are compared with later. */
export type NightOutcome = 'good' | 'nothing-new' | 'no-data' | 'rows-missing' | 'schema-changed' | 'bad-data' | 'infrastructure-failed' | 'cancelled';

export interface NightPlan {
  /** Input of the audit's workflow; null when there is nothing to audit, and `outcome` says why. */
  readonly audit: Json;
  readonly auditId: string | null;
  readonly outcome: NightOutcome | null;
  readonly sentence: string | null;
}

export interface NightEnd extends NightRequest {
  readonly plan: Pick<NightPlan, 'auditId' | 'outcome' | 'sentence'>;
  readonly failure: { readonly kind: 'data' | 'infrastructure' | 'cancelled'; readonly message: string } | null;
}

export type AlarmSeverity = 'alarm' | 'alive';

/** One cause, told once while it lasts. */
export interface Alarm {
  /** `gap:…`, `outcome:no-data`, `drift:last:data` … */
  readonly cause: string;
  readonly severity: AlarmSeverity;
  readonly title: string;
  readonly sentence: string;
  readonly interval: readonly [number, number] | null;
  /** SVG text. */
  readonly chart: string | null;
  /** The command that shows it again. */
  readonly command: string;
  /** The same for every try to tell it. */
  readonly key: string;
}

/** One link of the chain of nights. */
export interface LedgerEntry {
  readonly index: number;
  readonly night: string;
  readonly version: string;
  readonly audit: string | null;
  readonly outcome: NightOutcome;
  readonly sentence: string;
  /** One line of each comparison that was made. */
  readonly comparisons: readonly { readonly with: 'last' | 'baseline'; readonly audit: string; readonly changes: number; readonly summary: string }[];
  readonly rows: { readonly all: number; readonly added: number; readonly removed: number } | null;
  readonly watch: WatchState;
  readonly slices: { readonly known: readonly string[]; readonly online: OnlineState };
  /** Objects of sorted 53-bit hashes of every row that has entered. */
  readonly seen: readonly string[];
  /** Causes that last, and since when. */
  readonly open: Readonly<Record<string, string>>;
  readonly alarms: readonly Alarm[];
  /** Audit of the last good night, and of the night that completed the rows that data is compared with. */
  readonly lastGood: string | null;
  readonly baseline: string | null;
  /** Audits of the first good nights, oldest first: their rows together are what the data is compared with. */
  readonly baselineAudits: readonly string[];
  readonly goodNights: number;
  /** Night of the last thing told. */
  readonly lastWord: string;
  /** sha256 of the entry before. */
  readonly previous: string | null;
}

/** What the workflow hands back. */
export interface NightResult {
  readonly night: string;
  readonly audit: string | null;
  readonly outcome: NightOutcome;
  readonly sentence: string;
  readonly alarms: number;
}

export interface NightlyActivities {
  readonly prepareNight: (request: NightRequest) => Promise<NightPlan>;
  readonly judgeNight: (end: NightEnd) => Promise<NightResult>;
  readonly tellNight: (request: NightRequest) => Promise<void>;
}
