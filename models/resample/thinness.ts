import { thinnestRows } from '../latent/thin-regions.ts';
import { spearman } from '../stats/spearman.ts';

export interface ThinRows {
  /** Rows that are no outliers, evenly thinned out to at most about 100,000. */
  readonly rows: Uint32Array;
  /** [rows] ln q̂ */
  readonly logDensity: Float64Array;
  /** Positions in `rows` of the thinnest 5 %. */
  readonly thinnest: Uint32Array;
}

const MOST_ROWS = 100_000;

/** The rows on which rules are held against density. flagged: [n] 1 for outliers. */
export function thinRows(logDensity: Float64Array, flagged: Uint8Array): ThinRows {
  const ordinary = Uint32Array.from(flagged, (_, row) => row).filter((row) => flagged[row] === 0);
  const stride = Math.ceil(ordinary.length / MOST_ROWS);
  const rows = ordinary.filter((_, i) => i % stride === 0), own = Float64Array.from(rows, (row) => logDensity[row]!);
  return { rows, logDensity: own, thinnest: thinnestRows(own) };
}

/** How much weight a rule gives to thin regions. weights: [n] */
export function thinness(weights: Float64Array, { rows, logDensity, thinnest }: ThinRows): { readonly thinLift: number; readonly thinCorrelation: number | null } {
  const own = Float64Array.from(rows, (row) => weights[row]!);
  let sum = 0;
  for (const i of thinnest) sum += own[i]!;
  return { thinLift: thinnest.length === 0 ? 1 : sum / thinnest.length, thinCorrelation: spearman(own, logDensity.map((value) => -value)) };
}
