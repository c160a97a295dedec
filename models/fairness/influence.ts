/** How rows stand for the population. */
export interface Design {
  /** [n] probability weights, not negative; a row of weight 0 stands for nobody. null: all equal. */
  readonly weights: Float64Array | null;
  /** [n] the cluster of each row, 0 … ; null: each row is its own. */
  readonly clusters: Int32Array | null;
}

/** How estimates of several groups hang together through shared clusters. */
export interface Dependence {
  readonly variance: Float64Array;
  /** [estimates, estimates] */
  readonly correlation: Float64Array;
  /** Of Student's t: clusters − 1. */
  readonly degrees: number;
}

/**
 * Covariance of estimates from the influence of each row on the one estimate it enters: C/(C − 1) Σ_c u_gc u_hc, u_gc the sum over the
 * rows of cluster c in g.
 * @param estimateOf [n] which estimate a row enters; −1 none
 * @param influence [n] share of (estimate − truth) that the row brings
 */
export function dependenceOf(estimateOf: Int32Array, influence: Float64Array, estimates: number, clusters: Int32Array | null): Dependence {
  const covariance = new Float64Array(estimates * estimates);
  let count = 0;
  if (clusters === null) {
    for (let row = 0; row < influence.length; row++) {
      const g = estimateOf[row]!;
      if (g < 0) continue;
      covariance[g * estimates + g]! += influence[row]! ** 2;
      count++;
    }
  } else {
    const byCluster = new Map<number, Map<number, number>>();
    for (let row = 0; row < influence.length; row++) {
      const g = estimateOf[row]!;
      if (g < 0) continue;
      let sums = byCluster.get(clusters[row]!);
      if (sums === undefined) byCluster.set(clusters[row]!, sums = new Map());
      sums.set(g, (sums.get(g) ?? 0) + influence[row]!);
    }
    for (const sums of byCluster.values()) for (const [g, a] of sums) for (const [h, b] of sums) covariance[g * estimates + h]! += a * b;
    count = byCluster.size;
  }
  const scale = count > 1 ? count / (count - 1) : 1;
  const variance = Float64Array.from({ length: estimates }, (_, g) => scale * covariance[g * estimates + g]!);
  const correlation = covariance.map((value, i) => {
    const g = Math.floor(i / estimates), h = i % estimates, size = Math.sqrt(variance[g]! * variance[h]!);
    return g === h ? 1 : size > 0 ? (scale * value) / size : 0;
  });
  return { variance, correlation, degrees: Math.max(1, count - 1) };
}
