import { describe, expect, it } from 'vitest';
import { newSlices } from '../../activities/compare-night.ts';
import type { ComparedSide } from '../../activities/compare-side.ts';
import { sliceCause } from '../../infra/schedule/night-alarms.ts';
import { NEW_ONLINE } from '../../models/nights/online-fdr.ts';
import type { HeldOutSlice } from '../../models/slices/types.ts';

const HELD: HeldOutSlice = { size: 200, rate: 0.5, overall: 0.2, lift: 2.5, expected: null, excess: null, interval: [0.43, 0.57], excessInterval: null, pValue: 1e-9, qValue: 1e-8, replicated: true };
/** A side of which nothing but its slices is looked at. */
const side = (...slices: readonly (readonly [text: string, held: Partial<HeldOutSlice>])[]): ComparedSide => ({ decisions: { source: 'prediction' }, documents: { slices: { slices: slices.map(([text, held]) => ({ text, conditions: text.split(' and ').map((each) => ({ column: '', text: each })), heldOut: { ...HELD, ...held } })) } } }) as unknown as ComparedSide;

describe('new slices of a night', () => {
  it('are tested once each; those of the first night are how things were found', () => {
    const first = newSlices(side(['a', {}]), [], null, 0.05);
    expect(first).toMatchObject({ known: ['["a"]'], found: [] });
    const second = newSlices(side(['a', {}], ['b', {}], ['c', { pValue: 0.4 }], ['d', { pValue: null }]), first.known, first.online, 0.05);
    expect(second.known).toEqual(['["a"]', '["b"]', '["c"]']);
    expect(second.found.map(({ text }) => text)).toEqual(['b']);
    expect(second.online.tests).toBe(2);
    expect(newSlices(side(['b', {}], ['c', {}]), second.known, second.online, 0.05).found).toEqual([]);
  });

  it('are no news in other words: another cut, a condition more or less', () => {
    const { known } = newSlices(side(['age ≥ 28 and job = clerk', {}], ['gain in [3,411, 7,298) and age < 60', {}]), [], null, 0.05), found = (text: string): number => newSlices(side([text, {}]), known, NEW_ONLINE, 0.05).found.length;
    for (const text of ['age ≥ 28 and job = clerk', 'age ≥ 30 and job = clerk', 'job = clerk', 'age in [30, 40) and job = clerk and sex = f', 'gain ≥ 5,000 and age < 30']) expect(found(text), text).toBe(0);
    for (const text of ['age < 28 and job = clerk', 'age ≥ 30 and job = smith', 'gain ≥ 7,298 and age < 30', 'sex = f', 'debt ≥ 3']) expect(found(text), text).toBe(1);
    // As an earlier version kept them.
    expect(newSlices(side(['age ≥ 30 and job = clerk', {}]), ['age ≥ 28 and job = clerk'], NEW_ONLINE, 0.05).found).toEqual([]);
  });

  it('spend a wealth over the stream: what one night allows the thousandth does not', () => {
    const p = 2e-4, many = newSlices(side(...Array.from({ length: 1000 }, (_, i) => [`s${i}`, { pValue: 0.9 }] as const)), [], NEW_ONLINE, 0.05);
    expect(newSlices(side(['early', { pValue: p }]), [], NEW_ONLINE, 0.05).found).toHaveLength(1);
    expect(newSlices(side(['late', { pValue: p }]), many.known, many.online, 0.05).found).toEqual([]);
  });

  it('are one alarm, with what was tested: errors beyond those expected of such rows, where a score says how many that are', async () => {
    const { found } = newSlices(side(['age < 30', { expected: 0.31, excess: 0.19, excessInterval: [0.12, 0.26] }], ['debt ≥ 20', {}]), [], NEW_ONLINE, 0.05), [cause, ...more] = await sliceCause(found, 'see');
    expect(more).toEqual([]);
    expect(cause).toMatchObject({ cause: 'slice:age < 30', title: '2 new slices of errors', interval: [0.12, 0.26], command: 'see', sentence: 'new slice: where age < 30, decisions are wrong on 50.0 % of 200 held-out rows, 31.0 % expected of such rows, 20.0 % over all; and 1 more such slice, which may hold the same rows' });
    expect(cause!.chart).toMatch(/^<svg .*as expected/s);
    const [plain] = await sliceCause(newSlices(side(['x', {}]), [], NEW_ONLINE, 0.05).found, 'see');
    expect(plain).toMatchObject({ interval: [0.43, 0.57], title: 'A new slice of errors' });
    expect(plain!.chart).toMatch(/all rows/);
    expect(await sliceCause([], 'see')).toEqual([]);
  });
});
