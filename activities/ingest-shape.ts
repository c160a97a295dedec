import type { ColumnFacts } from '../models/encode/column-facts.ts';
import { type LabelValue, MAXIMUM_CLASSES } from '../models/encode/understand-label.ts';
import type { Column } from '../models/table.ts';
import type { DataConfig } from './audit-config.ts';
import { rolesOf } from './ingest-roles.ts';

/** A column of the usable rows as it is stored. */
export interface ShapedColumn {
  readonly facts: ColumnFacts;
  readonly kind: Column['kind'];
  /** The levels of a category that occur, with their rows; null for numbers and for texts without a dictionary. */
  readonly levels: readonly LabelValue[] | null;
  /** What was decided about it. */
  readonly note: string | null;
  /** Some rows of the column as they are stored. */
  readonly shape: (part: Column) => Column;
}

/**
 * Numbers that are names become categories: a label, prediction or protected attribute (without bins) of at most ten distinct numbers,
 * so that 1 and 2 for a sex are two groups and not a quantity. Levels that no usable row has are left out.
 */
export function shapeFacts(facts: ColumnFacts, data: DataConfig): ShapedColumn {
  if (facts.kind === 'category') return { facts, kind: 'category', note: null, ...withoutUnused(facts.levels, facts.counts) };
  const roles = rolesOf(facts.name, data), { counts } = facts;
  const isClass = roles.includes('label') || roles.includes('prediction') || (roles.includes('protected') && !Object.hasOwn(data.bins, facts.name));
  if (!isClass || counts === null || counts.size > MAXIMUM_CLASSES) return { facts, kind: 'number', levels: null, note: null, shape: (part) => part };
  const values = [...counts.keys()].sort((a, b) => a - b), codeOf = new Map(values.map((value, code) => [value, code])), names = values.map((value) => String(value + 0));
  return {
    facts, kind: 'category', note: `numbers read as a category: ${values.length} distinct values`,
    levels: values.map((value, code) => ({ text: names[code]!, count: counts.get(value)! })),
    shape: (part) => (part.kind === 'category' ? part : { kind: 'category', name: part.name, levels: names, codes: Int32Array.from(part.values, (value) => codeOf.get(value) ?? -1) }),
  };
}

function withoutUnused(levels: readonly string[] | null, counts: Float64Array): Pick<ShapedColumn, 'levels' | 'shape'> {
  if (levels === null) return { levels: null, shape: (part) => part };
  const kept = Array.from(levels.keys()).filter((code) => counts[code]! > 0), used = kept.map((code) => ({ text: levels[code]!, count: counts[code]! }));
  if (kept.length === levels.length) return { levels: used, shape: (part) => part };
  const renamed = new Int32Array(levels.length), names = used.map(({ text }) => text);
  for (const [code, old] of kept.entries()) renamed[old] = code;
  return { levels: used, shape: (part) => (part.kind === 'number' ? part : { ...part, codes: part.codes.map((code) => (code < 0 ? -1 : renamed[code]!)), levels: names }) };
}
