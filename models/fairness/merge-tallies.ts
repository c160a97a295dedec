import { MISSING_GROUP } from './groups.ts';
import { OUTCOMES, type Tally, type UnitCounts } from './tally.ts';

export interface MergedTally {
  readonly tally: Tally;
  /** For each part, where its cells went. */
  readonly cellOfPart: readonly Uint32Array[];
}

/** Levels of all parts in order of appearance, `(missing)` last. */
function unionOfLevels(lists: readonly (readonly string[])[]): string[] {
  const levels = new Set<string>(lists.flat());
  const missing = levels.delete(MISSING_GROUP);
  return missing ? [...levels, MISSING_GROUP] : [...levels];
}

function sumInto(sum: Float64Array, values: Float64Array, cellOf: Uint32Array): void {
  for (let i = 0; i < values.length; i++) sum[cellOf[Math.floor(i / OUTCOMES)]! * OUTCOMES + (i % OUTCOMES)]! += values[i]!;
}

function mergeUnits(parts: readonly Tally[], cellOfPart: readonly Uint32Array[], cells: number): UnitCounts {
  const names = new Map<string, number>(), width = cells * OUTCOMES, entries = new Map<number, { weight: number; rows: number }>();
  for (const [p, { units }] of parts.entries()) {
    const place = units!.names.map((name) => {
      const known = names.get(name) ?? names.size;
      names.set(name, known);
      return known;
    });
    units!.unit.forEach((unit, i) => {
      const from = units!.outcome[i]!;
      const key = place[unit]! * width + cellOfPart[p]![Math.floor(from / OUTCOMES)]! * OUTCOMES + (from % OUTCOMES);
      const known = entries.get(key) ?? { weight: 0, rows: 0 };
      known.weight += units!.weight[i]!;
      known.rows += units!.rows[i]!;
      entries.set(key, known);
    });
  }
  const keys = Float64Array.from(entries.keys()).sort();
  return { names: [...names.keys()], unit: Int32Array.from(keys, (key) => Math.floor(key / width)), outcome: Int32Array.from(keys, (key) => key % width),
    weight: Float64Array.from(keys, (key) => entries.get(key)!.weight), rows: Float64Array.from(keys, (key) => entries.get(key)!.rows) };
}

/**
 * The tally of all rows from those of its parts, with cells in the order of their levels: of rows in the same order, the same tally
 * however they were cut into parts.
 * @throws RangeError without parts, or when they count different attributes
 */
export function mergeTallies(parts: readonly Tally[]): MergedTally {
  const [first] = parts;
  if (first === undefined) throw new RangeError('there is no tally to merge');
  const names = JSON.stringify(first.attributes.map(({ name }) => name));
  if (parts.some(({ attributes }) => JSON.stringify(attributes.map(({ name }) => name)) !== names)) throw new RangeError('tallies of different attributes do not add up');
  const attributes = first.attributes.map(({ name }, a) => ({ name, levels: unionOfLevels(parts.map((part) => part.attributes[a]!.levels)) }));
  const found = new Map<string, { readonly place: readonly number[]; cell: number }>();
  const keysOfPart = parts.map(({ attributes: own, places, cells }) => {
    const codes = own.map(({ levels }, a) => {
      const position = new Map(attributes[a]!.levels.map((level, i) => [level, i]));
      return levels.map((level) => position.get(level)!);
    });
    return Array.from({ length: cells }, (_, cell) => {
      const place = codes.map((code, a) => code[places[cell * own.length + a]!]!), key = place.join();
      if (!found.has(key)) found.set(key, { place, cell: 0 });
      return key;
    });
  });
  const sorted = [...found.values()].sort((x, y) => x.place.map((level, a) => level - y.place[a]!).find((difference) => difference !== 0) ?? 0);
  sorted.forEach((each, cell) => { each.cell = cell; });
  const cellOfPart = keysOfPart.map((keys) => Uint32Array.from(keys, (key) => found.get(key)!.cell));
  const total = (values: (part: Tally) => Float64Array): Float64Array => {
    const sum = new Float64Array(sorted.length * OUTCOMES);
    parts.forEach((part, p) => sumInto(sum, values(part), cellOfPart[p]!));
    return sum;
  };
  return { cellOfPart, tally: { attributes, cells: sorted.length, places: Int32Array.from(sorted.flatMap(({ place }) => place)), rows: total(({ rows }) => rows),
    weights: first.weights === null ? null : total(({ weights }) => weights!), squares: first.squares === null ? null : total(({ squares }) => squares!),
    units: first.units === null ? null : mergeUnits(parts, cellOfPart, sorted.length) } };
}
