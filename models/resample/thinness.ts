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
  const ordinary = flagged.reduce((sum, flag) => sum + Number(flag === 0), 0), stride = Math.ceil(ordinary / MOST_ROWS), rows = new Uint32Array(ordinary === 0 ? 0 : Math.ceil(ordinary / stride));
  for (let row = 0, seen = 0; row < flagged.length; row++) if (flagged[row] === 0 && seen++ % stride === 0) rows[(seen - 1) / stride] = row;
  const own = Float64Array.from(rows, (row) => logDensity[row]!);
  return { rows, logDensity: own, thinnest: thinnestRows(own) };
}

const TENTHS = 10;

export interface Thinness {
  readonly thinLift: number;
  readonly thinCorrelation: number | null;
  /** Mean weight of each tenth of the rows by density, thinnest first; a tenth without a row has 1. */
  readonly decileWeights: readonly number[];
}

/** How much weight a rule gives to thin regions. weights: [n] */
export function thinness(weights: Float64Array, { rows, logDensity, thinnest }: ThinRows): Thinness {
  const own = Float64Array.from(rows, (row) => weights[row]!), order = thinnestRows(logDensity, 1);
  const mean = (positions: Uint32Array): number => (positions.length === 0 ? 1 : positions.reduce((sum, i) => sum + own[i]!, 0) / positions.length);
  const bound = (tenth: number): number => Math.round((tenth * order.length) / TENTHS);
  return {
    thinLift: mean(thinnest), thinCorrelation: spearman(own, logDensity.map((value) => -value)),
    decileWeights: Array.from({ length: TENTHS }, (_, tenth) => mean(order.subarray(bound(tenth), bound(tenth + 1)))),
  };
}
