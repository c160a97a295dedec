import { describe, expect, it } from 'vitest';
import { groupBy } from '../../../models/fairness/groups.ts';
import { shortName } from '../../../models/fairness/short-name.ts';

describe('the name of a group', () => {
  it('is the value, up to 200 characters', () => {
    for (const value of ['', 'Female', 'x'.repeat(200)]) expect(shortName(value)).toBe(value);
  });

  it('is short for a cell of a megabyte, and another one for each value', () => {
    const long = 'x'.repeat(1_000_000), names = [`${long}a`, `${long}b`, `${long.slice(1)}ab`].map(shortName);
    expect(new Set(names).size).toBe(3);
    expect(names[0]).toMatch(/^x{160}… \(1000001 characters, [0-9a-f]{8}\)$/);
    expect(shortName('\u{1f600}'.repeat(300)).isWellFormed()).toBe(true);
  });

  it('is short in a grouping', () => {
    const { levels } = groupBy({ kind: 'category', name: 'g', levels: ['a', 'b'.repeat(5000)], codes: Int32Array.of(0, 1) });
    expect(levels.map((level) => level.length < 300)).toEqual([true, true]);
  });
});
