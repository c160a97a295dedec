import { setImmediate as breathe } from 'node:timers/promises';
import type { PackedColumn } from '../infra/readers/packed-column.ts';
import type { TextFacts } from '../models/encode/column-facts.ts';
import { numberRemarks, textRemarks } from '../models/encode/column-remarks.ts';
import { textIdentifier } from '../models/encode/identifier.ts';
import { describeLevels, describeNumbers, TOP_LEVELS } from '../models/encode/profile-column.ts';
import type { ColumnProfile, ColumnRole } from '../models/encode/profile-types.ts';
import { hashText } from '../models/encode/split.ts';
import type { DataConfig } from './audit-config.ts';
import { rolesOf } from './ingest-roles.ts';
import type { ShapedColumn } from './ingest-shape.ts';
import type { UsableRows } from './usable-rows.ts';

const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;

type Distribution = Pick<ColumnProfile, 'distinct' | 'number' | 'categories'>;

/** What is in a column of the usable rows, with what its owner should know. packed: where texts without a dictionary are looked up. */
export async function describeFacts(shaped: ShapedColumn, packed: PackedColumn, usable: UsableRows, data: DataConfig): Promise<ColumnProfile> {
  const { facts: { name, missing }, kind } = shaped, roles = rolesOf(name, data), distribution = await distributionOf(shaped, packed, usable);
  await breathe();
  const { distinct, number, categories } = distribution, notes = notesOf(shaped, distribution, roles), note = notes.length === 0 ? null : notes.join('; ');
  return kind === 'number' ? { name, kind, roles, missing, categories, note, distinct, number } : { name, kind, roles, missing, distinct, number, categories, note };
}

async function distributionOf({ facts, kind, levels }: ShapedColumn, packed: PackedColumn, usable: UsableRows): Promise<Distribution> {
  if (kind === 'number' && facts.kind === 'number') return { ...describeNumbers(facts.sorted), categories: null };
  const present = facts.rows - facts.missing;
  if (levels !== null) return { ...describeLevels(levels.map(({ text, count }) => ({ value: text, count })), levels.length, present), number: null };
  const { distinct, top } = mostFrequent(facts as TextFacts);
  return { ...describeLevels(await textsOf(top, packed, usable), distinct, present), number: null };
}

function notesOf({ facts, kind, levels, note }: ShapedColumn, { distinct }: Distribution, roles: readonly ColumnRole[]): string[] {
  const notes = note === null ? [] : [note], { missing } = facts, isFeature = roles.includes('feature');
  if (distinct === 0) notes.push('every value is missing');
  else if (distinct === 1 && missing === 0) notes.push('constant');
  if (kind === 'category') {
    const texts = levels === null ? (facts as TextFacts).first : levels.map(({ text }) => text), identifier = textIdentifier(distinct, facts.rows - missing);
    if (texts.some((text) => DECIMAL_COMMA.test(text))) notes.push('some values look like numbers with a decimal comma; they are read as text: write them with a point');
    if (isFeature) notes.push(...(identifier === null ? [] : [identifier]), ...textRemarks(texts), ...leftOut(identifier, distinct, missing));
  } else if (facts.kind === 'number' && isFeature) {
    const identifier = facts.identifier();
    notes.push(...(identifier === null ? facts.whole ? numberRemarks(facts.sorted) : [] : [identifier]), ...leftOut(identifier, distinct, missing));
  }
  return notes;
}

function leftOut(identifier: string | null, distinct: number, missing: number): string[] {
  return identifier !== null || distinct < 2 - Number(missing > 0) ? ['left out of the features'] : [];
}

/** Distinct texts by their hashes, and the most frequent of these with their rows; among equals those of the lowest hash. */
function mostFrequent({ hashes }: TextFacts): { readonly distinct: number; readonly top: ReadonlyMap<number, number> } {
  let distinct = 0, before = Number.NaN, count = 0, top: (readonly [number, number])[] = [];
  const end = (): void => {
    if (count === 0) return;
    distinct++;
    if (top.length === TOP_LEVELS && count <= top.at(-1)![1]) return;
    const at = top.findIndex((each) => each[1] < count);
    top = [...top.slice(0, at < 0 ? top.length : at), [before, count] as const, ...(at < 0 ? [] : top.slice(at))].slice(0, TOP_LEVELS);
  };
  for (const chunk of hashes?.chunks() ?? []) {
    for (const hash of chunk) {
      if (hash !== before) {
        end();
        before = hash;
        count = 0;
      }
      count++;
    }
  }
  end();
  return { distinct, top: new Map(top) };
}

/** The texts of the hashes, from the rows. */
async function textsOf(counts: ReadonlyMap<number, number>, packed: PackedColumn, usable: UsableRows): Promise<{ readonly value: string; readonly count: number }[]> {
  const found = new Map<number, string>();
  for (const rows of usable.parts()) {
    const part = packed.take(rows);
    if (part.kind === 'category') {
      for (const level of part.levels) {
        const hash = hashText(level);
        if (counts.has(hash) && !found.has(hash)) found.set(hash, level);
      }
    }
    if (found.size === counts.size) break;
    await breathe();
  }
  return [...found].map(([hash, value]) => ({ value, count: counts.get(hash)! }));
}
