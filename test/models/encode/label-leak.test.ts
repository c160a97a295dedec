import { describe, expect, it } from 'vitest';
import { labelLeak } from '../../../models/encode/label-leak.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { auroc } from '../../../models/stats/delong.ts';
import type { Column } from '../../../models/table.ts';

const N = 4000;
const stream = randomStream(3, 'label-leak-test');
const marks = Uint8Array.from({ length: N }, () => Number(stream.uniform() < 0.3));
const noise = Float64Array.from({ length: N }, () => stream.normal());

const numbers = (value: (i: number) => number): Column => ({ kind: 'number', name: 'x', values: Float64Array.from({ length: N }, (_, i) => value(i)) });
function texts(value: (i: number) => string | null): Column {
  const all = Array.from({ length: N }, (_, i) => value(i)), levels = [...new Set(all.filter((each) => each !== null))];
  return { kind: 'category', name: 'x', levels, codes: Int32Array.from(all, (each) => (each === null ? -1 : levels.indexOf(each))) };
}

describe('how far a column restates the label', () => {
  it('a copy, its mirror and a code of it have an AUROC of 1', () => {
    for (const column of [numbers((i) => marks[i]!), numbers((i) => -marks[i]!), texts((i) => (marks[i] === 1 ? 'a' : 'b'))]) expect(labelLeak(column, marks).auroc).toBeCloseTo(1, 6);
  });

  it('a number in the order of the label is measured as the plain AUROC measures it', () => {
    const column = numbers((i) => 2 * marks[i]! + noise[i]!);
    const rows = Array.from(marks.keys()).sort((a, b) => (2 * marks[a]! + noise[a]!) - (2 * marks[b]! + noise[b]!));
    const plain = auroc(rows.map((i) => 2 * marks[i]! + noise[i]!), rows.map((i) => marks[i]!)).value;
    expect(Math.abs(labelLeak(column, marks).auroc - plain)).toBeLessThan(0.01);
    expect(Math.abs(labelLeak(numbers((i) => -(2 * marks[i]! + noise[i]!)), marks).auroc - plain)).toBeLessThan(0.01);
  });

  it('a relation that the order does not show is seen all the same', () => {
    expect(labelLeak(numbers((i) => (marks[i] === 1 ? (i % 2 === 0 ? 50 : -50) : 0) + noise[i]!), marks).auroc).toBeGreaterThan(0.98);
  });

  it('noise and texts that never repeat stay near a half', () => {
    for (const column of [numbers((i) => noise[i]!), texts((i) => `id ${i}`), texts((i) => `city ${i % 500}`)]) expect(Math.abs(labelLeak(column, marks).auroc - 0.5)).toBeLessThan(0.05);
  });

  it('tells from the gaps alone, and how one-sided the filled rows are', () => {
    const found = labelLeak(texts((i) => (marks[i] === 1 ? ['theft', 'fraud'][i % 2]! : null)), marks);
    expect(found.missingAuroc).toBeCloseTo(1, 6);
    expect(found.present).toEqual({ rows: marks.reduce((sum, mark) => sum + mark, 0), positiveShare: 1 });
    const even = labelLeak(texts((i) => (i % 2 === 0 ? null : 'x')), marks);
    expect(Math.abs(even.missingAuroc - 0.5)).toBeLessThan(0.05);
    expect(even.purest!.positiveShare).toBeCloseTo(0.3, 1);
  });

  it('rows without a label take no part', () => {
    const some = marks.map((mark, i) => (i % 3 === 0 ? 255 : mark));
    expect(labelLeak(numbers((i) => (i % 3 === 0 ? 1 - marks[i]! : marks[i]!)), some).auroc).toBeCloseTo(1, 6);
  });

  it('a small table is enough for numbers in the order of the label', () => {
    const few = marks.subarray(0, 60);
    expect(labelLeak({ kind: 'number', name: 'x', values: Float64Array.from(few, (mark, i) => 10 * mark + noise[i]!) }, few).auroc).toBeGreaterThan(0.995);
  });
});
