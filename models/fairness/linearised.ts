import { correlationOf, spreadOf } from './cluster-spread.ts';
import type { Marginal } from './marginal.ts';
import { rowEvent, type BasicRate, type RateFamily } from './rates.ts';
import { OUTCOMES, type Tally } from './tally.ts';

const UNKNOWN = [0, 1, 255] as const;

/** Of each outcome: 1 an event of the rate, 0 a trial without one, −1 no trial. */
function eventsOf(rate: BasicRate): Int8Array {
  return Int8Array.from({ length: OUTCOMES }, (_, outcome) => rowEvent(rate, UNKNOWN[Math.floor(outcome / 3) as 0 | 1 | 2], UNKNOWN[(outcome % 3) as 0 | 1 | 2]));
}

interface Totals { readonly weight: Float64Array; readonly events: Float64Array; readonly rows: Float64Array }

function totals({ counts: { cells, rows, levels } }: Marginal, event: Int8Array): Totals {
  const sums = { weight: new Float64Array(levels.length), events: new Float64Array(levels.length), rows: new Float64Array(levels.length) };
  for (let i = 0; i < cells.length; i++) {
    const happened = event[i % OUTCOMES]!, group = Math.floor(i / OUTCOMES);
    if (happened < 0) continue;
    sums.weight[group]! += cells[i]!;
    sums.events[group]! += cells[i]! * happened;
    sums.rows[group]! += rows[i]!;
  }
  return sums;
}

/**
 * Events and trials of one rate as effective counts: n_eff = p̂(1 − p̂)/V_g by linearisation over clusters with u_gc = Σ_{i∈c∩g}
 * w_i (y_i − p̂_g)/W_g, at most the rows; where p̂ is 0 or 1, Kish's effective number of clusters. The correlation between groups that
 * share clusters is kept.
 * @param tally with weights or clusters
 */
export function linearisedFamily(rate: BasicRate, tally: Tally, { groupOfCell, counts, ...of }: Marginal): RateFamily {
  const event = eventsOf(rate), sums = totals({ groupOfCell, counts, ...of }, event), k = counts.levels.length;
  const score = Float64Array.from({ length: k * OUTCOMES }, (_, i) => {
    const g = Math.floor(i / OUTCOMES), happened = event[i % OUTCOMES]!, weight = sums.weight[g]!;
    return happened < 0 || weight === 0 ? Number.NaN : (happened - sums.events[g]! / weight) / weight;
  });
  const { covariance, squaredWeight, clusters } = spreadOf(tally, { groupOfCell, score, estimateOf: Int32Array.from({ length: k }, (_, g) => g), estimates: k });
  const groups = Int32Array.from(sums.rows.keys()).filter((group) => sums.weight[group]! > 0);
  const rates = Float64Array.from(groups, (group) => sums.events[group]! / sums.weight[group]!);
  const n = Float64Array.from(groups, (group, i) => {
    const variance = covariance[group * k + group]!, kish = sums.weight[group]! ** 2 / squaredWeight[group]!;
    return Math.min(sums.rows[group]!, variance > 0 ? (rates[i]! * (1 - rates[i]!)) / variance : kish);
  });
  const whole = correlationOf(covariance, k), correlation = new Float64Array(groups.length ** 2);
  for (const [i, g] of groups.entries()) for (const [j, h] of groups.entries()) correlation[i * groups.length + j] = whole[g * k + h]!;
  return { x: rates.map((p, i) => p * n[i]!), n, groups, design: { correlation, degrees: Math.max(1, clusters - 1), rows: Float64Array.from(groups, (group) => sums.rows[group]!) } };
}
