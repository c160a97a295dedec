import { OUTCOMES, type Tally } from './tally.ts';

/** How much each row of an outcome moves an estimate, by unit of weight. */
export interface Influences {
  /** [cells of the tally] the group of each cell */
  readonly groupOfCell: Int32Array;
  /** [groups · 9]; NaN where the outcome does not enter */
  readonly score: Float64Array;
  /** [groups] which estimate a group enters */
  readonly estimateOf: Int32Array;
  readonly estimates: number;
}

export interface Spread {
  /** [estimates, estimates] C/(C − 1) Σ_c u_gc u_hc, with u_gc the sum of weight · score over cluster c */
  readonly covariance: Float64Array;
  /** [estimates] Σ_c (weight of c)² */
  readonly squaredWeight: Float64Array;
  readonly clusters: number;
}

/** Adds up what one cluster after the other holds. */
class ClusterSums {
  readonly covariance: Float64Array;
  readonly squaredWeight: Float64Array;
  clusters = 0;
  readonly #score: Float64Array;
  readonly #mass: Float64Array;
  #touched: number[] = [];

  constructor(estimates: number) {
    this.covariance = new Float64Array(estimates * estimates);
    this.squaredWeight = new Float64Array(estimates);
    this.#score = new Float64Array(estimates);
    this.#mass = new Float64Array(estimates);
  }

  add(estimate: number, score: number, mass: number): void {
    if (this.#mass[estimate] === 0) this.#touched.push(estimate);
    this.#score[estimate]! += score;
    this.#mass[estimate]! += mass;
  }

  close(): void {
    if (this.#touched.length > 0) this.clusters++;
    for (const g of this.#touched) {
      this.squaredWeight[g]! += this.#mass[g]! ** 2;
      for (const h of this.#touched) this.covariance[g * this.#score.length + h]! += this.#score[g]! * this.#score[h]!;
    }
    for (const g of this.#touched) this.#score[g] = this.#mass[g] = 0;
    this.#touched = [];
  }
}

function overUnits(units: NonNullable<Tally['units']>, { groupOfCell, score, estimateOf, estimates }: Influences): Spread {
  const sums = new ClusterSums(estimates);
  for (let i = 0; i < units.unit.length; i++) {
    if (i > 0 && units.unit[i] !== units.unit[i - 1]) sums.close();
    const group = groupOfCell[Math.floor(units.outcome[i]! / OUTCOMES)]!, each = score[group * OUTCOMES + (units.outcome[i]! % OUTCOMES)]!;
    if (!Number.isNaN(each)) sums.add(estimateOf[group]!, units.weight[i]! * each, units.weight[i]!);
  }
  sums.close();
  return sums;
}

/** Where every row is a cluster of its own estimates share none, and sums of squared weights are enough. */
function overRows({ squares, rows }: Tally, { groupOfCell, score, estimateOf, estimates }: Influences): Spread {
  const covariance = new Float64Array(estimates * estimates), squaredWeight = new Float64Array(estimates);
  let clusters = 0;
  for (let i = 0; i < rows.length; i++) {
    const group = groupOfCell[Math.floor(i / OUTCOMES)]!, each = score[group * OUTCOMES + (i % OUTCOMES)]!, square = (squares ?? rows)[i]!;
    if (Number.isNaN(each) || square === 0) continue;
    const g = estimateOf[group]!;
    clusters += rows[i]!;
    squaredWeight[g]! += square;
    covariance[g * estimates + g]! += square * each * each;
  }
  return { covariance, squaredWeight, clusters };
}

/** Spread of linearised estimates over clusters (Taylor linearisation). */
export function spreadOf(tally: Tally, influences: Influences): Spread {
  const { covariance, squaredWeight, clusters } = tally.units === null ? overRows(tally, influences) : overUnits(tally.units, influences);
  const scale = clusters > 1 ? clusters / (clusters - 1) : 1;
  return { covariance: covariance.map((sum) => scale * sum), squaredWeight, clusters };
}

/** [estimates, estimates] correlations; 0 where one has no spread. */
export function correlationOf(covariance: Float64Array, estimates: number): Float64Array {
  return covariance.map((value, i) => {
    const g = Math.floor(i / estimates), h = i % estimates, size = Math.sqrt(covariance[g * estimates + g]! * covariance[h * estimates + h]!);
    return g === h ? 1 : size > 0 ? value / size : 0;
  });
}
