/** Shapes of compare.json; numbers that do not exist are null with the reason in `note`. */
export type ChangeVerdict = 'changed' | 'same' | 'undecided';

export type EffectKind = 'schema' | 'column' | 'data' | 'latent' | 'disparity' | 'group' | 'outliers' | 'weights' | 'training';

/** One thing that can change between two audits, and whether it did. */
export interface Effect {
  readonly kind: EffectKind;
  /** The column, the attribute, `all columns`, of a group `attribute = group` … */
  readonly subject: string;
  /** `smd`, `ks`, `total_variation`, `missing`, `auroc`, a metric of fairness.json … */
  readonly measure: string;
  readonly before: number | null;
  readonly after: number | null;
  /** Size of the change in the measure's own unit. */
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  /** The size up to which it counts for nothing; null where every change counts. */
  readonly limit: number | null;
  /** `changed` when the interval lies beyond the limit, `same` when within, else `undecided`. */
  readonly verdict: ChangeVerdict;
  /** What a person reads. */
  readonly sentence: string;
  readonly note: string | null;
}

export interface ComparedAudit {
  readonly id: string;
  readonly name: string;
  readonly rows: number;
  readonly seed: number | null;
}

export interface Comparison {
  readonly before: ComparedAudit;
  readonly after: ComparedAudit;
  readonly level: number;
  readonly rows: {
    /** How rows of both audits are told to be the same. */
    readonly by: 'id' | 'content' | 'unknown';
    readonly shared: number;
    /** Shared rows with another value in some column. */
    readonly altered: number;
    readonly added: number;
    readonly removed: number;
  } | null;
  readonly effects: readonly Effect[];
  /** Strangest rows that are new, or newly flagged. */
  readonly newOutliers: readonly { readonly id: string; readonly rank: number; readonly score: number; readonly flagged: boolean; readonly added: boolean; readonly reasons: readonly string[] }[];
  readonly changes: number;
  readonly undecided: number;
  /** One line. */
  readonly summary: string;
  readonly notes: readonly string[];
}
