import { expect, it } from 'vitest';
import type { Candidate } from '../../../models/slices/beam-search.ts';
import { emptyBits, setBit, type Bits } from '../../../models/slices/bits.ts';
import { countEvents } from '../../../models/slices/count-events.ts';
import { diverseSlices } from '../../../models/slices/diverse-slices.ts';

const ROWS = 400;
const OVERALL = 70 / ROWS;

function bitsOf(holds: (row: number) => boolean): Bits {
  const bits = emptyBits(ROWS);
  for (let row = 0; row < ROWS; row++) if (holds(row)) setBit(bits, row);
  return bits;
}

/** Events: half of rows 0…99, all of rows 0…19, none elsewhere but rows 300…309. */
const event = bitsOf((row) => row < 20 || (row < 100 && row % 2 === 0) || (row >= 300 && row < 310));
const candidate = (low: number, high: number): Candidate => {
  const rows = bitsOf((row) => row >= low && row < high);
  return { conditions: [], rows, ...countEvents(rows, event, OVERALL) };
};
const chosen = (candidates: Candidate[], most = 20): number[] => diverseSlices(candidates, event, OVERALL, most).map((each) => candidates.indexOf(each));

it('drops what mostly repeats a better slice and keeps what lies apart', () => {
  expect(chosen([candidate(0, 100), candidate(5, 105), candidate(290, 320)])).toEqual([0, 2]);
  // 70 of 130 rows in common; neither lies within the other.
  expect(chosen([candidate(0, 100), candidate(30, 130)])).toEqual([0]);
  expect(chosen([candidate(0, 100), candidate(290, 320)], 1)).toEqual([0]);
});

it('keeps a part of a better slice only when it is clearly sharper', () => {
  expect(chosen([candidate(0, 100), candidate(0, 20)])).toEqual([0, 1]);
  // 33 events in 45 rows against 60 in 100: 1.22 times the rate.
  expect(chosen([candidate(0, 100), candidate(0, 45)])).toEqual([0]);
});

it('keeps a whole around a better slice only when the rest is worse off too', () => {
  expect(chosen([candidate(0, 20), candidate(0, 100)])).toEqual([0, 1]);
  expect(chosen([candidate(0, 20), candidate(0, 61)])).toEqual([0, 1]);
  expect(chosen([candidate(300, 310), candidate(300, 350)])).toEqual([0]);
});

it('drops what is covered by several better slices together', () => {
  // Half of rows 60…99 and half of rows 0…39: no more than a third in common with either, nothing beyond both.
  const inBoth = bitsOf((row) => (row >= 20 && row < 40) || (row >= 60 && row < 80)), both: Candidate = { conditions: [], rows: inBoth, ...countEvents(inBoth, event, OVERALL) };
  expect(chosen([candidate(0, 40), candidate(60, 100), both])).toEqual([0, 1]);
});

it('drops what is no worse off than expected, row by row', () => {
  expect(chosen([candidate(100, 200)])).toEqual([]);
  const rates = Float64Array.from({ length: ROWS }, (_, row) => (row < 100 ? 0.7 : 0.05)), rows = bitsOf((row) => row < 100);
  expect(diverseSlices([{ conditions: [], rows, ...countEvents(rows, event, rates) }], event, rates, 20)).toEqual([]);
});
