import { bulkQuantiles, FEWEST_ROWS } from './bulk-quantiles.ts';
import { type BulkQuantiles, type Null, NULL_FAMILIES, upperTail } from './null-families.ts';
import { countFlagged, qValues } from './q-values.ts';
import { tailDeviate } from './tail-deviate.ts';

/** What may be said of the scores beyond their order. Position i belongs to row i; NaN where there is no value. */
export interface Calibration {
  readonly method: string;
  readonly calibrated: boolean;
  readonly pValue: Float64Array;
  readonly qValue: Float64Array;
  readonly flagged: Uint8Array;
  readonly nulls: readonly { readonly family: string; readonly flagged: number; readonly nullShare: number }[];
  /** The fewest outliers that could be flagged at these sizes; null where there is no such limit. */
  readonly smallestDetectable: number | null;
  readonly notes: readonly string[];
}

const DISAGREEMENT = 2;

function rankOnly(rows: number, why: string, nulls: Calibration['nulls'] = []): Calibration {
  return {
    method: 'rank only', calibrated: false, nulls, smallestDetectable: null, notes: [why], flagged: new Uint8Array(rows),
    pValue: new Float64Array(rows).fill(Number.NaN), qValue: new Float64Array(rows).fill(Number.NaN),
  };
}

/** Share of ordinary rows by the p-values above one half, at most 1 (J. D. Storey, 2002). */
function nullShare(p: Float64Array): number {
  let above = 0;
  for (const value of p) if (value > 0.5) above++;
  return Math.min(1, above / (0.5 * p.length));
}

interface Fit {
  readonly fitted: Null;
  readonly flagged: number;
  readonly nullShare: number;
}

function pUnder({ deviate }: Null, deviates: Float64Array): Float64Array {
  return deviates.map((value) => upperTail(deviate(value)));
}

/** What a family says of all scores; the values by row are not kept, since those of one family alone are wanted. */
function flagUnder(family: (bulk: BulkQuantiles) => Null, bulk: BulkQuantiles, deviates: Float64Array, fdr: number): Fit {
  const fitted = family(bulk), p = pUnder(fitted, deviates);
  return { fitted, nullShare: nullShare(p), flagged: countFlagged(p, fdr) };
}

/**
 * p-values without clean rows: an empirical null fitted to the bulk of the scores (B. Efron, "Large-scale simultaneous hypothesis testing",
 * JASA 2004) under each family, and Benjamini–Hochberg. It is a model of what ordinary rows score: only when the families' counts agree
 * within a factor of 2 is one used, the one that flags fewest; otherwise the ranking is all that can be said.
 * @param scores [n] surprises in nats; families are fitted to their normal deviates, where a tail's shape is plainest
 */
export function calibrateBlind(scores: Float64Array, fdr: number): Calibration {
  const deviates = scores.map(tailDeviate), bulk = bulkQuantiles(deviates);
  if (bulk === null) {
    return rankOnly(scores.length, scores.length < FEWEST_ROWS ? `Too few rows (${scores.length}, not ${FEWEST_ROWS}) to fit a null distribution.`
      : 'Most scores are equal, so that no null distribution can be fitted to their bulk.');
  }
  const fits = NULL_FAMILIES.map((family) => flagUnder(family, bulk, deviates, fdr));
  const nulls = fits.map(({ fitted, flagged, nullShare: share }) => ({ family: fitted.family, flagged, nullShare: share }));
  const counts = fits.map(({ flagged }) => flagged), fewest = Math.min(...counts), most = Math.max(...counts);
  if (most > DISAGREEMENT * fewest) {
    return rankOnly(scores.length, `No clean rows are known, and the number of outliers depends on the null distribution that is assumed: between ${fewest} and ${most} at a `
      + `false discovery rate of ${fdr}. Differing by more than a factor of ${DISAGREEMENT}, they say too little: rows are ranked, none is flagged.`, nulls);
  }
  const chosen = fits.find(({ flagged }) => flagged === fewest)!, pValue = pUnder(chosen.fitted, deviates), qValue = qValues(pValue);
  return {
    method: `empirical null, ${chosen.fitted.family} (${chosen.fitted.detail}) fitted to the quantiles .05 to .85; Benjamini–Hochberg`,
    calibrated: true, pValue, qValue, flagged: Uint8Array.from(qValue, (q) => (q <= fdr ? 1 : 0)), nulls, smallestDetectable: null,
    notes: [`Without clean rows the null distribution is a model: ${counts.join(', ')} rows are flagged under ${nulls.map(({ family }) => family).join(', ')}; the smallest count is used.`],
  };
}
