import { type Bits, countBits, countCommon, emptyBits, intersectBits, setBit } from './bits.ts';
import type { Condition } from './conditions.ts';
import { countEvents, type EventCounts, type ExpectedRates } from './count-events.ts';

/** A conjunction of conditions with its counts on the discovery rows. */
export interface Candidate extends EventCounts {
  readonly conditions: readonly Condition[];
  readonly rows: Bits;
}

export interface BeamInput {
  readonly conditions: readonly Condition[];
  /** Discovery rows, and whether the event (an error, a strange row) holds for each. */
  readonly rows: Uint32Array;
  readonly event: Uint8Array;
  readonly expected: ExpectedRates;
  /** Rows of a slice that is returned; larger ones are refined only. */
  readonly minimumSize: number;
  readonly maximumSize: number;
  readonly onLevel?: (level: number) => void;
}

const MOST_CONDITIONS = 3;
const WIDTH = 100;
/** Slices of the beam share at most this part of their rows, so that two names of one thing (husband, married man) do not crowd out others. */
const MOST_ALIKE = 0.5;
/** Conditions by which slices are refined: those that stand out most by themselves, once a table has more. */
const MOST_LITERALS = 800;
/** Slices under this many deviates are not carried on. */
const SMALLEST_DEVIATE = 3;
/** Every condition has to raise events ÷ expected events and the excess of events a row by these factors, or the slice reads better without it. */
const SHARPENS = 1.05;
const SHARPENS_EXCESS = 1.15;
const POOL = 2000;

interface Literal {
  readonly condition: Condition;
  readonly bits: Bits;
}

interface Scored extends EventCounts {
  /** Ascending positions in the list of literals. */
  readonly members: readonly number[];
}

/** Sorting is stable: what was found first comes first among equals. */
function byDeviate(a: Scored, b: Scored): number {
  return b.deviate - a.deviate || a.members.length - b.members.length;
}

class Search {
  readonly #literals: readonly Literal[];
  readonly #event: Bits;
  readonly #expected: ExpectedRates;
  readonly #minimumSize: number;
  searched = 0;

  constructor(literals: readonly Literal[], event: Bits, expected: ExpectedRates, minimumSize: number) {
    this.#literals = literals;
    this.#event = event;
    this.#expected = expected;
    this.#minimumSize = minimumSize;
  }

  count(rows: Bits): EventCounts {
    return countEvents(rows, this.#event, this.#expected);
  }

  singles(): Scored[] {
    return this.#literals.map(({ bits }, i) => {
      this.searched++;
      return { members: [i], ...this.count(bits) };
    });
  }

  rowsOf(members: readonly number[]): Bits {
    return intersectBits(members.map((i) => this.#literals[i]!.bits));
  }

  /** The best slices to refine, none much like a better one (van Leeuwen and Knobbe 2012, "Diverse subgroup set discovery"). */
  beamOf(level: readonly Scored[]): Scored[] {
    const beam: { readonly scored: Scored; readonly rows: Bits }[] = [];
    for (const scored of [...level].sort(byDeviate)) {
      if (beam.length === WIDTH) break;
      const rows = this.rowsOf(scored.members);
      const repeats = beam.some((better) => {
        const common = countCommon(rows, better.rows);
        return common > MOST_ALIKE * (scored.size + better.scored.size - common);
      });
      if (!repeats) beam.push({ scored, rows });
    }
    return beam.map(({ scored }) => scored);
  }

  /** True when no condition could be left out without lowering what stands out noticeably. */
  isTight({ members, size, events, expected }: Scored): boolean {
    if (members.length === 1) return true;
    return members.every((_, left) => {
      const without = this.count(this.rowsOf(members.filter((_, i) => i !== left)));
      return events * without.expected >= SHARPENS * without.events * expected
        && (events - expected) / size >= SHARPENS_EXCESS * (without.events - without.expected) / without.size;
    });
  }

  /** One more condition, on another column, that takes rows away but leaves enough, and at most `maximumSize`. */
  refine(parent: Scored, seen: Set<string>, maximumSize: number): Scored[] {
    const rows = this.rowsOf(parent.members), found: Scored[] = [];
    const columns = new Set(parent.members.map((i) => this.#literals[i]!.condition.column));
    for (const [i, { condition, bits }] of this.#literals.entries()) {
      if (columns.has(condition.column)) continue;
      const members = [...parent.members, i].sort((a, b) => a - b), key = members.join();
      if (seen.has(key)) continue;
      seen.add(key);
      this.searched++;
      const size = countCommon(rows, bits);
      if (size < this.#minimumSize || size > maximumSize || size === parent.size) continue;
      found.push({ members, ...this.count(intersectBits([rows, bits])) });
    }
    return found;
  }
}

function literalsOf({ conditions, rows, minimumSize }: BeamInput): Literal[] {
  return conditions.map((condition) => {
    const bits = emptyBits(rows.length);
    for (let i = 0; i < rows.length; i++) if (condition.holds(rows[i]!)) setBit(bits, i);
    return { condition, bits };
  }).filter(({ bits }) => {
    const size = countBits(bits);
    return size >= minimumSize && size <= rows.length - minimumSize;
  });
}

/** The literals that stand out most by themselves, in their order. */
function strongest(literals: readonly Literal[], event: Bits, expected: ExpectedRates): Literal[] {
  if (literals.length <= MOST_LITERALS) return [...literals];
  const search = new Search(literals, event, expected, 0);
  const kept = new Set(search.singles().sort((a, b) => Math.abs(b.deviate) - Math.abs(a.deviate) || a.members[0]! - b.members[0]!).slice(0, MOST_LITERALS).map(({ members }) => members[0]!));
  return literals.filter((_, i) => kept.has(i));
}

/**
 * Beam search over conjunctions of at most three conditions on different columns (subgroup discovery; W. Klösgen, "Explora", 1996), best
 * deviate first. Returns the slices that stand out, and how many were looked at.
 */
export function beamSearch(input: BeamInput): { candidates: Candidate[]; searched: number } {
  const event = emptyBits(input.rows.length);
  for (let i = 0; i < input.event.length; i++) if (input.event[i] === 1) setBit(event, i);
  const events = countBits(event);
  if (events === 0 || events === input.rows.length) return { candidates: [], searched: 0 };
  const literals = strongest(literalsOf(input), event, input.expected), search = new Search(literals, event, input.expected, input.minimumSize);
  let level = search.singles();
  const pool = [...level], seen = new Set<string>();
  for (let size = 2; size <= MOST_CONDITIONS; size++) {
    input.onLevel?.(size);
    const beam = search.beamOf(level);
    const maximumSize = size === MOST_CONDITIONS ? input.maximumSize : Infinity;
    level = beam.flatMap((parent) => search.refine(parent, seen, maximumSize));
    for (const found of level) pool.push(found);
  }
  const best: Scored[] = [];
  for (const scored of pool.filter(({ size, deviate }) => size <= input.maximumSize && deviate >= SMALLEST_DEVIATE).sort(byDeviate)) {
    if (best.length === POOL) break;
    if (search.isTight(scored)) best.push(scored);
  }
  return {
    searched: search.searched,
    candidates: best.map(({ members, ...counts }) => ({ conditions: members.map((i) => literals[i]!.condition), ...counts, rows: search.rowsOf(members) })),
  };
}
