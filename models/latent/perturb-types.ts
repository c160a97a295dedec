export interface LatentEffect {
  readonly latent: number;
  /** Named by the columns it moves most: `education-num ↑, occupation → Prof-specialty`. */
  readonly name: string;
  /** δ, in standard deviations σ of the unit's μ over rows. */
  readonly step: number;
  readonly sigma: number;
  /** Mean change of the score when μ moves from −step·σ to +step·σ: the change from dec(μ) upwards minus the change downwards. */
  readonly effect: number;
  readonly interval: readonly [number, number];
  /** Mean of the changes from dec(μ) in both directions: away from 0 when both raise (or both lower) the score. */
  readonly curvature: number;
  /** Share of rows whose decision at +step·σ or at −step·σ differs from that at dec(μ). */
  readonly flipRate: number;
  readonly flipInterval: readonly [number, number];
  /** H0: |effect| ≤ tolerance. */
  readonly pValue: number;
  readonly qValue: number;
  /** What real rows show beside it, confounded and not causal; null with fewer than two rows in a band. Always written. */
  readonly observed?: ObservedDifference | null;
  /**
   * On decoded rows: `matters` when |effect| > tolerance is a discovery; `negligible` when the effect's interval lies within the
   * tolerance and real rows do not contradict it (observed is there, and at most the tolerance in size); `undecided` otherwise.
   */
  readonly verdict: 'matters' | 'negligible' | 'undecided';
  readonly groups: readonly LatentGroupEffect[];
  readonly columns: readonly LatentColumn[];
}

/** Mean score of real held-out rows with μ within σ/2 of its mean + step·σ, less that of those within σ/2 of its mean − step·σ. */
export interface ObservedDifference {
  readonly difference: number;
  readonly interval: readonly [number, number];
  readonly lowRows: number;
  readonly highRows: number;
}

export interface LatentGroupEffect {
  readonly attribute: string;
  readonly group: string;
  readonly n: number;
  readonly effect: number;
  readonly interval: readonly [number, number];
  readonly flipRate: number;
  readonly flipInterval: readonly [number, number];
}

export interface LatentColumn {
  readonly column: string;
  /** `↑ 31 to 45`, `→ Male (22 % to 78 %)`: decoded at −step·σ, then at +step·σ. */
  readonly change: string;
  /** 0 to about 1: half the shift in standard deviations for a number, total variation distance for a category. */
  readonly size: number;
}

export interface PerturbationSummary {
  /** What was pushed: `reference classifier (logistic regression on the same features)` … */
  readonly model: string | null;
  readonly tolerance: number;
  readonly threshold: number | null;
  readonly rows: number;
  /** Real rows that `observed` differences were taken from; always written. */
  readonly observedRows?: number;
  /** Largest effect first; empty without a model to push. */
  readonly latents: readonly LatentEffect[];
  /** What each active latent moves, in order of the units; known without a model too. */
  readonly names: readonly { readonly latent: number; readonly name: string; readonly columns: readonly LatentColumn[] }[];
  readonly notes: readonly string[];
}
