export interface DensityCandidate {
  readonly name: 'histogram' | 'gmm';
  /** `K = 7, full covariance` … */
  readonly detail: string;
  /** Mean log-likelihood per row on the test part, with its standard error. */
  readonly heldOut: number;
  readonly standardError: number;
  readonly chosen: boolean;
}

export interface MixtureComponent {
  readonly weight: number;
  /** In the order of the summary's `dimensions`. */
  readonly mean: readonly number[];
  /** Row-major, [d, d]. */
  readonly covariance: readonly number[];
}

/** Result of the density stage; per-row values lie in an Arrow file beside it. */
export interface DensitySummary {
  /** Latent units whose μ has a variance over 0.01. */
  readonly active: readonly number[];
  /** Units on which all densities are joint: the active ones, or all when none is. */
  readonly dimensions: readonly number[];
  readonly candidates: readonly DensityCandidate[];
  readonly bic: readonly { readonly components: number; readonly bic: number }[];
  readonly mixture: readonly MixtureComponent[];
  /** Further fits of a mixture with as many components, each to rows drawn anew and from other starts; always written. */
  readonly furtherMixtures?: readonly (readonly MixtureComponent[])[];
  readonly histogramBins: number;
  /** Share of the thinnest 5 % of rows that two fits of the chosen density have in common, 0 to 1; always written. */
  readonly thinAgreement?: number | null;
  /** Pearson correlation of log density with the row's complexity (reconstruction cost); null when undefined. */
  readonly complexityCorrelation: number | null;
  /**
   * Mean log density by group with how much of the thinnest 5 % of rows falls to it, against its share of all rows; `interval` is that
   * of thinRatio and holds both the rows' chance and what other fits of the density would say.
   */
  readonly groups: readonly { readonly attribute: string; readonly group: string; readonly n: number; readonly share: number;
    readonly thinShare: number; readonly thinRatio: number; readonly interval: readonly [number, number]; readonly meanLogDensity: number }[];
  readonly map: LatentMap;
  readonly notes: readonly string[];
}

/** First two principal axes of μ over the density's dimensions, for at most 3,000 sampled rows, and all rows binned. */
export interface LatentMap {
  readonly explained: readonly [number, number];
  readonly points: readonly { readonly row: number; readonly x: number; readonly y: number; readonly logDensity: number;
    readonly groups: { readonly [attribute: string]: string } }[];
  /** Rows per cell of an even grid over the map, row-major from the lowest y and x. */
  readonly cells: { readonly columns: number; readonly rows: number; readonly x: readonly [number, number]; readonly y: readonly [number, number];
    readonly counts: readonly number[] };
}
