import type { Column } from '../table.ts';

const DISTINCT_SHARE = 0.5;
const MINIMUM_LEVELS = 50;

/**
 * Why a column names rows instead of describing them, or null: texts that hardly ever repeat (over half of the values are distinct, and
 * there are more than 50), or whole numbers that count the rows. The model could only learn such a column by heart.
 */
export function identifierReason(column: Column): string | null {
  return column.kind === 'category' ? textReason(column.codes, column.levels.length) : counterReason(column.values);
}

function textReason(codes: Int32Array, levels: number): string | null {
  const seen = new Uint8Array(levels);
  let present = 0, distinct = 0;
  for (const code of codes) {
    if (code < 0) continue;
    present++;
    if (seen[code] === 0) distinct++;
    seen[code] = 1;
  }
  return textIdentifier(distinct, present);
}

/** The same from counts: distinct texts, and rows that have one. */
export function textIdentifier(distinct: number, present: number): string | null {
  if (distinct <= MINIMUM_LEVELS || distinct <= DISTINCT_SHARE * present) return null;
  return `identifier: ${distinct} of ${present} texts are distinct`;
}

function counterReason(values: Float64Array): string | null {
  const counter = new RowCounter();
  counter.add(values);
  return counter.reason();
}

/** Whether whole numbers count the rows, from the values in their order, some at a time. */
export class RowCounter {
  #rows = 0;
  #next = 0;
  #counts = true;

  add(values: Float64Array): void {
    if (this.#rows === 0) this.#next = values[0] ?? 0;
    if (this.#counts) this.#counts = Number.isInteger(this.#next) && values.every((value) => value === this.#next++);
    this.#rows += values.length;
  }

  reason(): string | null {
    return this.#counts && this.#rows > MINIMUM_LEVELS ? 'identifier: it counts the rows' : null;
  }
}
