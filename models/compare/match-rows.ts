/** Which rows two audits have in common. */
export interface RowMatch {
  /** [shared] position in the first and in the second audit of the same row. */
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  /** Positions in the second of rows that the first lacks, and the other way round. */
  readonly added: Uint32Array;
  readonly removed: Uint32Array;
}

/** keys: [n] unique within each audit. */
export function matchRows(firstKeys: readonly string[], secondKeys: readonly string[]): RowMatch {
  const positions = new Map(firstKeys.map((key, i) => [key, i]));
  const first: number[] = [], second: number[] = [], added: number[] = [], taken = new Uint8Array(firstKeys.length);
  secondKeys.forEach((key, j) => {
    const i = positions.get(key);
    if (i === undefined) {
      added.push(j);
    } else {
      taken[i] = 1;
      first.push(i);
      second.push(j);
    }
  });
  const removed = Uint32Array.from(firstKeys.keys()).filter((i) => taken[i] === 0);
  return { first: Uint32Array.from(first), second: Uint32Array.from(second), added: Uint32Array.from(added), removed };
}
