import { benjaminiHochberg } from '../stats/adjust.ts';
import { wilson } from '../stats/wilson.ts';
import type { Column } from '../table.ts';
import { beamSearch, type Candidate } from './beam-search.ts';
import { emptyBits, setBit } from './bits.ts';
import { type Condition, conditionsOn } from './conditions.ts';
import { diverseSlices } from './diverse-slices.ts';
import { hypergeometricTail } from './hypergeometric-tail.ts';
import type { Slice } from './types.ts';

/** What a row can have or not. event: [n] 1 yes, 0 no, 255 not known. */
export interface Measure {
  readonly name: Slice['measure'];
  readonly event: Uint8Array;
}

export interface SliceInput {
  /** Columns that conditions may name. */
  readonly columns: readonly Column[];
  readonly measures: readonly Measure[];
  /** Rows to search, and rows to look at once. */
  readonly discovery: Uint32Array;
  readonly heldOut: Uint32Array;
  /** Confidence of intervals; a slice is replicated at a q-value of at most 1 − level. */
  readonly level: number;
  readonly report?: (fraction: number, detail: string) => void;
}

export interface FoundSlices {
  readonly slices: readonly Slice[];
  /** Conjunctions whose rows were counted. */
  readonly searched: number;
  readonly minimumSize: number;
}

const MOST_SLICES = 20;
const SMALLEST_SLICE = 30;
const SMALLEST_SHARE = 0.005;

interface HeldOutCounts {
  readonly size: number;
  readonly events: number;
  readonly rows: number;
  readonly allEvents: number;
}

function countHeldOut(conditions: readonly Condition[], event: Uint8Array, rows: Uint32Array): HeldOutCounts {
  let size = 0, events = 0, allEvents = 0;
  for (const row of rows) {
    allEvents += event[row]!;
    if (!conditions.every((condition) => condition.holds(row))) continue;
    size++;
    events += event[row]!;
  }
  return { size, events, rows: rows.length, allEvents };
}

function ratio(a: number, b: number): number {
  return b > 0 ? a / b : 0;
}

type Unadjusted = Omit<Slice, 'heldOut'> & { readonly heldOut: Omit<Slice['heldOut'], 'qValue' | 'replicated'> };

function sliceOf(measure: Slice['measure'], { conditions, size, events }: Candidate, overall: number, held: HeldOutCounts, level: number): Unadjusted {
  const heldOverall = ratio(held.allEvents, held.rows), rate = ratio(held.events, held.size);
  return {
    conditions: conditions.map(({ column, text }) => ({ column, text })), text: conditions.map(({ text }) => text).join(' and '), measure,
    size, rate: events / size, overall, lift: events / size / overall,
    heldOut: {
      size: held.size, rate, overall: heldOverall, lift: ratio(rate, heldOverall), interval: wilson(held.events, held.size, level),
      pValue: hypergeometricTail(held.events, held.size, held.allEvents, held.rows),
    },
  };
}

interface Searched { readonly slices: readonly Unadjusted[]; readonly searched: number }

function searchMeasure({ columns, level, report }: SliceInput, { name, event }: Measure, discovery: Uint32Array, heldOut: Uint32Array, minimumSize: number): Searched {
  const known = Uint8Array.from(discovery, (row) => event[row]!), bits = emptyBits(discovery.length);
  for (const [i, value] of known.entries()) if (value === 1) setBit(bits, i);
  const conditions = columns.flatMap((column) => conditionsOn(column, discovery));
  const { candidates, searched } = beamSearch({ conditions, rows: discovery, event: known, minimumSize, onLevel: (size) => report?.((size - 1) / 3, name) });
  const overall = known.reduce((sum, value) => sum + value, 0) / discovery.length;
  const slices = diverseSlices(candidates, bits, overall, MOST_SLICES).map((candidate) => sliceOf(name, candidate, overall, countHeldOut(candidate.conditions, event, heldOut), level));
  return { slices, searched };
}

/**
 * Slices of the data where something happens more often: searched on the discovery rows, then looked at once on the held-out rows: rate with
 * Wilson interval, Fisher's exact test against the other rows, Benjamini–Hochberg over all slices carried over.
 */
export function findSlices(input: SliceInput): FoundSlices {
  const minimumSize = Math.max(SMALLEST_SLICE, Math.ceil(SMALLEST_SHARE * input.discovery.length));
  const known = (rows: Uint32Array, event: Uint8Array): Uint32Array => rows.filter((row) => event[row]! <= 1);
  const found = input.measures.map((measure, k) => searchMeasure(
    { ...input, report: (fraction, detail) => input.report?.((k + fraction) / input.measures.length, detail) },
    measure, known(input.discovery, measure.event), known(input.heldOut, measure.event), minimumSize,
  ));
  const unadjusted = found.flatMap(({ slices }) => slices), q = benjaminiHochberg(unadjusted.map(({ heldOut }) => heldOut.pValue));
  return {
    searched: found.reduce((sum, { searched }) => sum + searched, 0), minimumSize,
    slices: unadjusted.map((slice, i) => ({ ...slice, heldOut: { ...slice.heldOut, qValue: q[i]!, replicated: q[i]! <= 1 - input.level + 1e-12 && slice.heldOut.lift > 1 } })),
  };
}
