/**
 * Benjamini and Hochberg's (1995) q-values of many p-values: the same as `benjaminiHochberg`, without lists of them. A q-value depends on
 * the p-value alone: q(p) = min over p_(j) ≥ p of n·p_(j)/j, at most 1.
 */
export function qValues(p: Float64Array): Float64Array {
  const sorted = Float64Array.from(p).sort(), q = inOrder(sorted);
  return p.map((value) => q[firstAtLeast(sorted, value)]!);
}

/** How many q-values are no larger than `fdr`, without finding whose they are. */
export function countFlagged(p: Float64Array, fdr: number): number {
  return inOrder(Float64Array.from(p).sort()).reduce((sum, q) => sum + Number(q <= fdr), 0);
}

/** q-values of ascending p-values; equal ones have the same. */
function inOrder(sorted: Float64Array): Float64Array {
  const n = sorted.length, q = new Float64Array(n);
  let running = 1;
  for (let rank = n; rank >= 1; rank--) {
    running = Math.min(running, sorted[rank - 1]! * (n / rank));
    q[rank - 1] = running;
  }
  return q;
}

/** Position of the first of ascending values that is no smaller. */
export function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
