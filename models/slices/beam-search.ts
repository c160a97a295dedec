import { type Bits, countBits, countCommon, countTriple, emptyBits, intersectBits, setBit } from './bits.ts';
import type { Condition } from './conditions.ts';

/** A conjunction of conditions with its counts on the discovery rows. */
export interface Candidate {
  readonly conditions: readonly Condition[];
  readonly size: number;
  readonly events: number;
  /** Standard deviations by which the events exceed what the overall rate would give: (k − n p) / √(n p (1 − p)). */
  readonly deviate: number;
  readonly rows: Bits;
}

export interface BeamInput {
  readonly conditions: readonly Condition[];
  /** Discovery rows, and whether the event (an error, a strange row) holds for each. */
  readonly rows: Uint32Array;
  readonly event: Uint8Array;
  readonly minimumSize: number;
  readonly onLevel?: (level: number) => void;
}

const MOST_CONDITIONS = 3;
const WIDTH = 100;
/** Conditions by which slices are refined: those that stand out most by themselves, once a table has more. */
const MOST_LITERALS = 800;
/** Slices under this many deviates are not carried on. */
const SMALLEST_DEVIATE = 3;
/** Every condition has to raise the rate by this factor, or the slice reads better without it. */
const SHARPENS = 1.08;
const POOL = 2000;

interface Literal {
  readonly condition: Condition;
  readonly bits: Bits;
}

interface Scored {
  /** Ascending positions in the list of literals. */
  readonly members: readonly number[];
  readonly size: number;
  readonly events: number;
  readonly deviate: number;
}

/** Sorting is stable: what was found first comes first among equals. */
function byDeviate(a: Scored, b: Scored): number {
  return b.deviate - a.deviate || a.members.length - b.members.length;
}

class Search {
  readonly #literals: readonly Literal[];
  readonly #event: Bits;
  readonly #rate: number;
  readonly #minimumSize: number;
  searched = 0;

  constructor(literals: readonly Literal[], event: Bits, rate: number, minimumSize: number) {
    this.#literals = literals;
    this.#event = event;
    this.#rate = rate;
    this.#minimumSize = minimumSize;
  }

  score(members: readonly number[], size: number, events: number): Scored {
    return { members, size, events, deviate: (events - size * this.#rate) / Math.sqrt(size * this.#rate * (1 - this.#rate)) };
  }

  singles(): Scored[] {
    return this.#literals.map(({ bits }, i) => {
      this.searched++;
      return this.score([i], countBits(bits), countCommon(bits, this.#event));
    });
  }

  rowsOf(members: readonly number[]): Bits {
    return intersectBits(members.map((i) => this.#literals[i]!.bits));
  }

  /** True when no condition could be left out without lowering the rate noticeably. */
  isTight({ members, size, events }: Scored): boolean {
    if (members.length === 1) return true;
    return members.every((_, left) => {
      const rows = this.rowsOf(members.filter((_, i) => i !== left));
      return events / size >= SHARPENS * countCommon(rows, this.#event) / countBits(rows);
    });
  }

  /** One more condition, on another column, that takes rows away but leaves enough. */
  refine(parent: Scored, seen: Set<string>): Scored[] {
    const rows = this.rowsOf(parent.members), found: Scored[] = [];
    const columns = new Set(parent.members.map((i) => this.#literals[i]!.condition.column));
    for (const [i, { condition, bits }] of this.#literals.entries()) {
      if (columns.has(condition.column)) continue;
      const members = [...parent.members, i].sort((a, b) => a - b), key = members.join();
      if (seen.has(key)) continue;
      seen.add(key);
      this.searched++;
      const size = countCommon(rows, bits);
      if (size < this.#minimumSize || size === parent.size) continue;
      found.push(this.score(members, size, countTriple(rows, bits, this.#event)));
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
function strongest(literals: readonly Literal[], event: Bits, rate: number): Literal[] {
  if (literals.length <= MOST_LITERALS) return [...literals];
  const search = new Search(literals, event, rate, 0);
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
  const rate = countBits(event) / input.rows.length;
  if (!(rate > 0 && rate < 1)) return { candidates: [], searched: 0 };
  const literals = strongest(literalsOf(input), event, rate), search = new Search(literals, event, rate, input.minimumSize);
  let level = search.singles();
  const pool = [...level], seen = new Set<string>();
  for (let size = 2; size <= MOST_CONDITIONS; size++) {
    input.onLevel?.(size);
    const beam = level.sort(byDeviate).slice(0, WIDTH);
    level = beam.flatMap((parent) => search.refine(parent, seen));
    for (const found of level) pool.push(found);
  }
  const best: Scored[] = [];
  for (const scored of pool.filter(({ deviate }) => deviate >= SMALLEST_DEVIATE).sort(byDeviate)) {
    if (best.length === POOL) break;
    if (search.isTight(scored)) best.push(scored);
  }
  return {
    searched: search.searched,
    candidates: best.map(({ members, size, events, deviate }) => ({ conditions: members.map((i) => literals[i]!.condition), size, events, deviate, rows: search.rowsOf(members) })),
  };
}
