/**
 * Positions of `values` from smallest to largest, equal values by lower position.
 * @throws RangeError when a value is NaN: it has no place in an order.
 */
export function ascendingOrder(values: ArrayLike<number>): Uint32Array {
  const n = values.length, sorted = new Float64Array(n), order = new Uint32Array(n), taken = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(values[i])) throw new RangeError(`value ${i} is NaN and has no rank`);
    // -0 and 0 are equal.
    sorted[i] = values[i]! + 0;
  }
  // Numbers alone are sorted many times faster than positions by a comparison, and without lists of them.
  sorted.sort();
  for (let i = 0; i < n; i++) {
    let low = 0, high = n;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < values[i]!) low = middle + 1;
      else high = middle;
    }
    order[low + taken[low]!++] = i;
  }
  return order;
}

/**
 * Mid-ranks: 1 for the smallest of n values to n for the largest; equal values share the mean of their ranks.
 * @throws RangeError when a value is NaN.
 */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const order = ascendingOrder(values);
  const ranks = new Float64Array(order.length);
  for (let start = 0; start < order.length;) {
    const value = values[order[start]!]!;
    let end = start + 1;
    while (end < order.length && values[order[end]!] === value) end++;
    const shared = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) ranks[order[i]!] = shared;
    start = end;
  }
  return ranks;
}
