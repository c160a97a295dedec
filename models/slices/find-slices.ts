import { benjaminiHochberg } from '../stats/adjust.ts';
import { wilson } from '../stats/wilson.ts';
import type { Column } from '../table.ts';
import { beamSearch } from './beam-search.ts';
import { emptyBits, setBit } from './bits.ts';
import { type Condition, conditionsOn } from './conditions.ts';
import { diverseSlices } from './diverse-slices.ts';
import { hypergeometricTail } from './hypergeometric-tail.ts';
import { poissonBinomialTail } from './poisson-binomial-tail.ts';
import type { HeldOutSlice, Slice } from './types.ts';

/** What a row can have or not. */
export interface Measure {
  readonly name: Slice['measure'];
  /** [n] 1 yes, 0 no, 255 not known */
  readonly event: Uint8Array;
  /**
   * [n] P(event) of each row when nothing is amiss, NaN not known: slices are where more happens than that. Null: slices are where more
   * happens than in all rows.
   */
  readonly expected: Float64Array | null;
  /** False where the event is made from the searched columns of all rows: held-out rows then show it by construction and test nothing. */
  readonly tested: boolean;
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
  readonly maximumSize: number;
}

const MOST_SLICES = 20;
const SMALLEST_SLICE = 30;
const SMALLEST_SHARE = 0.005;
/** Larger ones point nowhere; groups of that size have their rates in the fairness part. */
const LARGEST_SHARE = 0.1;
/** On small data a tenth is too few rows to tell anything. */
const LARGEST_AT_LEAST = 120;

function ratio(a: number, b: number): number {
  return b > 0 ? a / b : 0;
}

function mean(values: Float64Array): number {
  return ratio(values.reduce((sum, value) => sum + value, 0), values.length);
}

/** The held-out rows of one slice: events, and what was expected of each row (null: nothing of its own). */
interface HeldOutRows {
  readonly size: number;
  readonly events: number;
  readonly expected: Float64Array | null;
  /** Of all held-out rows. */
  readonly rows: number;
  readonly allEvents: number;
}

function heldOutRows(conditions: readonly Condition[], { event, expected }: Measure, heldOut: Uint32Array): HeldOutRows {
  const own = heldOut.filter((row) => conditions.every((condition) => condition.holds(row)));
  const count = (rows: Uint32Array): number => rows.reduce((sum, row) => sum + event[row]!, 0);
  return {
    size: own.length, events: count(own), expected: expected === null ? null : Float64Array.from(own, (row) => expected[row]!),
    rows: heldOut.length, allEvents: count(heldOut),
  };
}

/** One-sided: against what was expected of these very rows, or (Fisher's exact test) against the other rows. */
function pValueOf({ size, events, expected, rows, allEvents }: HeldOutRows): number {
  return expected === null ? hypergeometricTail(events, size, allEvents, rows) : poissonBinomialTail(events, expected);
}

function describeHeldOut(held: HeldOutRows, tested: boolean, level: number): HeldOutSlice {
  const { size, events } = held, overall = ratio(held.allEvents, held.rows), rate = ratio(events, size);
  const expected = held.expected === null || size === 0 ? null : mean(held.expected), interval = tested ? wilson(events, size, level) : null;
  return {
    size, rate, overall, lift: ratio(rate, overall), expected, excess: expected === null ? null : rate - expected,
    interval, excessInterval: expected === null || interval === null ? null : [interval[0] - expected, interval[1] - expected],
    pValue: tested ? pValueOf(held) : null, qValue: null, replicated: null,
  };
}

/** Each measure answers a question of its own: true slices of one must not buy false ones of another, so q-values are adjusted within one. */
function adjusted(slices: readonly Slice[], level: number): Slice[] {
  const q = benjaminiHochberg(slices.map(({ heldOut }) => heldOut.pValue!));
  return slices.map((slice, i) => {
    const { rate, overall, expected } = slice.heldOut;
    return { ...slice, heldOut: { ...slice.heldOut, qValue: q[i]!, replicated: q[i]! <= 1 - level + 1e-12 && rate > (expected ?? overall) } };
  });
}

interface Searched { readonly slices: readonly Slice[]; readonly searched: number }

interface Sizes { readonly minimumSize: number; readonly maximumSize: number }

function searchMeasure(input: SliceInput, measure: Measure, { minimumSize, maximumSize }: Sizes): Searched {
  const { columns, level, report } = input, { name, event, expected, tested } = measure;
  const isKnown = (row: number): boolean => event[row]! <= 1 && (expected === null || !Number.isNaN(expected[row]!));
  const rows = input.discovery.filter(isKnown), heldOut = input.heldOut.filter(isKnown);
  const happened = Uint8Array.from(rows, (row) => event[row]!), overall = ratio(happened.reduce((sum, value) => sum + value, 0), rows.length);
  const rates = expected === null ? overall : Float64Array.from(rows, (row) => expected[row]!), bits = emptyBits(rows.length);
  for (const [i, value] of happened.entries()) if (value === 1) setBit(bits, i);
  const { candidates, searched } = beamSearch({
    conditions: columns.flatMap((column) => conditionsOn(column, rows)), rows, event: happened, expected: rates, minimumSize, maximumSize,
    onLevel: (size) => report?.((size - 1) / 3, name),
  });
  const slices = diverseSlices(candidates, bits, rates, MOST_SLICES).map((candidate): Slice => {
    const { conditions, size, events } = candidate, rate = events / size, ownExpected = expected === null ? null : candidate.expected / size;
    return {
      conditions: conditions.map(({ column, text }) => ({ column, text })), text: conditions.map(({ text }) => text).join(' and '), measure: name,
      size, rate, overall, lift: rate / overall, expected: ownExpected, excess: ownExpected === null ? null : rate - ownExpected,
      heldOut: describeHeldOut(heldOutRows(conditions, measure, heldOut), tested, level),
    };
  });
  return { slices: tested ? adjusted(slices, level) : slices, searched };
}

/**
 * Slices of the data where something happens more often than expected: searched on the discovery rows, then looked at once on the held-out
 * rows: rate with Wilson interval, one-sided exact test (of the excess by the Poisson binomial distribution where expected rates are given,
 * Fisher's against the other rows otherwise), Benjamini–Hochberg over the slices of one measure.
 */
export function findSlices(input: SliceInput): FoundSlices {
  const minimumSize = Math.max(SMALLEST_SLICE, Math.ceil(SMALLEST_SHARE * input.discovery.length));
  const maximumSize = Math.max(LARGEST_AT_LEAST, Math.floor(LARGEST_SHARE * input.discovery.length));
  const found = input.measures.map((measure, k) => searchMeasure(
    { ...input, report: (fraction, detail) => input.report?.((k + fraction) / input.measures.length, detail) }, measure, { minimumSize, maximumSize },
  ));
  return { searched: found.reduce((sum, { searched }) => sum + searched, 0), minimumSize, maximumSize, slices: found.flatMap(({ slices }) => slices) };
}
