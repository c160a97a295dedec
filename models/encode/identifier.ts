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
  if (distinct <= MINIMUM_LEVELS || distinct <= DISTINCT_SHARE * present) return null;
  return `identifier: ${distinct} of ${present} texts are distinct`;
}

function counterReason(values: Float64Array): string | null {
  if (values.length <= MINIMUM_LEVELS || !Number.isInteger(values[0]!)) return null;
  for (let i = 1; i < values.length; i++) if (values[i] !== values[i - 1]! + 1) return null;
  return 'identifier: it counts the rows';
}
