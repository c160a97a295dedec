import type { Grouping } from '../table.ts';
import { rowEvent, type BasicRate, type RateFamily } from './rates.ts';

/** How rows stand for the population. */
export interface Design {
  /** [n] probability weights, not negative; a row of weight 0 stands for nobody. null: all equal. */
  readonly weights: Float64Array | null;
  /** [n] the cluster of each row, 0 … ; null: each row is its own. */
  readonly clusters: Int32Array | null;
}

interface Totals { readonly weight: Float64Array; readonly events: Float64Array; readonly rows: Float64Array }

interface RowsOf { readonly rate: BasicRate; readonly grouping: Grouping; readonly labels: Uint8Array | null; readonly decisions: Uint8Array | null; readonly design: Design }

function eventOf({ rate, labels, decisions, design: { weights } }: RowsOf, row: number): -1 | 0 | 1 {
  if (weights !== null && weights[row] === 0) return -1;
  return rowEvent(rate, labels === null ? 255 : labels[row]!, decisions === null ? 255 : decisions[row]!);
}

function totals(input: RowsOf): Totals {
  const { grouping: { codes, levels }, design: { weights } } = input;
  const sums = { weight: new Float64Array(levels.length), events: new Float64Array(levels.length), rows: new Float64Array(levels.length) };
  for (let row = 0; row < codes.length; row++) {
    const event = eventOf(input, row);
    if (event < 0) continue;
    const group = codes[row]!, weight = weights === null ? 1 : weights[row]!;
    sums.weight[group]! += weight;
    sums.events[group]! += weight * event;
    sums.rows[group]!++;
  }
  return sums;
}

/** Rows ordered so that those of one cluster follow each other. */
function byCluster(rows: number, clusters: Int32Array | null): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  return clusters === null ? order : order.sort((a, b) => clusters[a]! - clusters[b]! || a - b);
}

interface Spread { readonly covariance: Float64Array; readonly squaredWeight: Float64Array; readonly clusters: number }

/** C/(C − 1) Σ_c u_gc u_hc with u_gc = Σ_{i∈c∩g} w_i (y_i − p̂_g)/W_g, and Σ_c (weight of c in g)². */
function spread(input: RowsOf, { weight, events }: Totals): Spread {
  const { grouping: { codes, levels }, design: { weights, clusters } } = input;
  const k = levels.length, covariance = new Float64Array(k * k), squaredWeight = new Float64Array(k);
  const score = new Float64Array(k), mass = new Float64Array(k);
  let touched: number[] = [], count = 0;
  const close = (): void => {
    if (touched.length > 0) count++;
    for (const g of touched) {
      squaredWeight[g]! += mass[g]! ** 2;
      for (const h of touched) covariance[g * k + h]! += score[g]! * score[h]!;
    }
    for (const g of touched) score[g] = mass[g] = 0;
    touched = [];
  };
  let current = -1;
  for (const row of byCluster(codes.length, clusters)) {
    const cluster = clusters === null ? row : clusters[row]!;
    if (cluster !== current) { close(); current = cluster; }
    const event = eventOf(input, row);
    if (event < 0) continue;
    const g = codes[row]!, w = weights === null ? 1 : weights[row]!;
    if (mass[g] === 0) touched.push(g);
    score[g]! += (w * (event - events[g]! / weight[g]!)) / weight[g]!;
    mass[g]! += w;
  }
  close();
  return { covariance: covariance.map((sum) => (count > 1 ? (sum * count) / (count - 1) : sum)), squaredWeight, clusters: count };
}

/**
 * Events and trials of one rate as effective counts: n_eff = p̂(1 − p̂)/V_g by linearisation (Taylor) over clusters, at most the rows;
 * where p̂ is 0 or 1, Kish's effective number of clusters. The correlation between groups that share clusters is kept.
 */
export function linearisedFamily(input: RowsOf): RateFamily {
  const sums = totals(input), { covariance, squaredWeight, clusters } = spread(input, sums);
  const k = sums.weight.length;
  const groups = Int32Array.from(sums.rows.keys()).filter((group) => sums.rows[group]! > 0);
  const rate = Float64Array.from(groups, (group) => sums.events[group]! / sums.weight[group]!);
  const n = Float64Array.from(groups, (group, i) => {
    const variance = covariance[group * k + group]!, kish = sums.weight[group]! ** 2 / squaredWeight[group]!;
    return Math.min(sums.rows[group]!, variance > 0 ? (rate[i]! * (1 - rate[i]!)) / variance : kish);
  });
  const correlation = new Float64Array(groups.length ** 2);
  for (const [i, g] of groups.entries()) {
    for (const [j, h] of groups.entries()) {
      const scale = Math.sqrt(covariance[g * k + g]! * covariance[h * k + h]!);
      correlation[i * groups.length + j] = i === j ? 1 : scale > 0 ? covariance[g * k + h]! / scale : 0;
    }
  }
  return { x: rate.map((p, i) => p * n[i]!), n, groups, design: { correlation, degrees: Math.max(1, clusters - 1), rows: Float64Array.from(groups, (group) => sums.rows[group]!) } };
}
