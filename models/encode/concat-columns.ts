import type { Column } from '../table.ts';

/**
 * One column out of the same column of consecutive parts, each with its own levels; levels come in order of first appearance. A
 * single part is returned as it is.
 * @throws RangeError when there are no parts or they differ in kind.
 */
export function concatColumns(parts: readonly Column[]): Column {
  const first = parts[0];
  if (first === undefined || parts.some((part) => part.kind !== first.kind)) throw new RangeError('columns to join must be of one kind, and at least one');
  if (parts.length === 1) return first;
  const rows = parts.reduce((sum, part) => sum + (part.kind === 'number' ? part.values.length : part.codes.length), 0);
  return first.kind === 'number' ? concatNumbers(first.name, parts, rows) : concatCategories(first.name, parts, rows);
}

function concatNumbers(name: string, parts: readonly Column[], rows: number): Column {
  const values = new Float64Array(rows);
  let offset = 0;
  for (const part of parts) {
    if (part.kind !== 'number') continue;
    values.set(part.values, offset);
    offset += part.values.length;
  }
  return { kind: 'number', name, values };
}

function concatCategories(name: string, parts: readonly Column[], rows: number): Column {
  const codes = new Int32Array(rows), known = new Map<string, number>();
  let offset = 0;
  for (const part of parts) {
    if (part.kind !== 'category') continue;
    const renamed = part.levels.map((level) => {
      const code = known.get(level) ?? known.size;
      known.set(level, code);
      return code;
    });
    for (const code of part.codes) codes[offset++] = code < 0 ? -1 : renamed[code]!;
  }
  return { kind: 'category', name, codes, levels: [...known.keys()] };
}
