export interface LatentEffect {
  readonly latent: number;
  /** Named by the columns it moves most: `education-num ↑, occupation → Prof-specialty`. */
  readonly name: string;
  readonly step: number;
  /** Mean change of the score when μ moves from −step·σ to +step·σ, compared with dec(μ). */
  readonly effect: number;
  readonly interval: readonly [number, number];
  readonly flipRate: number;
  readonly pValue: number;
  readonly qValue: number;
  readonly verdict: 'matters' | 'negligible' | 'undecided';
  readonly groups: readonly { readonly attribute: string; readonly group: string; readonly effect: number;
    readonly interval: readonly [number, number]; readonly flipRate: number; readonly flipInterval: readonly [number, number] }[];
  readonly columns: readonly { readonly column: string; readonly change: string; readonly size: number }[];
}

export interface PerturbationSummary {
  /** What was pushed: `reference classifier (logistic regression on the same features)` … */
  readonly model: string | null;
  readonly tolerance: number;
  readonly rows: number;
  readonly latents: readonly LatentEffect[];
  readonly notes: readonly string[];
}
