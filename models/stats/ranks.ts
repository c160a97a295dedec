/**
 * Positions of `values` from smallest to largest, equal values by lower position.
 * @throws RangeError when a value is NaN: it has no place in an order.
 */
export function ascendingOrder(values: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(values.length);
  for (let i = 0; i < order.length; i++) {
    if (Number.isNaN(values[i])) throw new RangeError(`value ${i} is NaN and has no rank`);
    order[i] = i;
  }
  return order.sort((a, b) => {
    const x = values[a]!, y = values[b]!;
    return x < y ? -1 : x > y ? 1 : a - b;
  });
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
