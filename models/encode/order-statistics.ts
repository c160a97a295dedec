/** Quantiles of numbers that come in order, by linear interpolation between order statistics (Hyndman and Fan 1996, type 7). */
export class OrderStatistics {
  readonly #positions: readonly number[];
  readonly #found = new Map<number, number>();
  readonly #last: number;
  #wanted: readonly number[];
  #start = 0;

  /** positions: from 0 to length − 1, in between as well. */
  constructor(length: number, positions: readonly number[]) {
    this.#last = length - 1;
    this.#positions = positions;
    this.#wanted = [...new Set(this.#positions.flatMap((position) => [Math.floor(position), Math.min(Math.floor(position) + 1, this.#last)]))];
  }

  add(chunk: Float64Array): void {
    const end = this.#start + chunk.length;
    for (const position of this.#wanted) if (position < end) this.#found.set(position, chunk[position - this.#start]!);
    this.#wanted = this.#wanted.filter((position) => position >= end);
    this.#start = end;
  }

  values(): number[] {
    return this.#positions.map((position) => {
      const below = Math.floor(position), low = this.#found.get(below)!, high = this.#found.get(Math.min(below + 1, this.#last))!;
      return position === below ? low : low + (high - low) * (position - below);
    });
  }
}
