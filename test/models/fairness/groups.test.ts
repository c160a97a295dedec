import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeName, groupBy, intersect } from '../../../models/fairness/groups.ts';
import type { Column, Grouping } from '../../../models/table.ts';

const numbers = (...values: number[]): Column => ({ kind: 'number', name: 'age', values: Float64Array.from(values) });
const categories = (levels: string[], ...codes: number[]): Column => ({ kind: 'category', name: 'sex', levels, codes: Int32Array.from(codes) });
const names = (grouping: Grouping): string[] => [...grouping.codes].map((code) => grouping.levels[code]!);

describe('groupBy', () => {
  it('keeps the levels that occur and gives missing values a group', () => {
    const grouping = groupBy(categories(['Male', 'Never', 'Female'], 2, 0, -1, 2));
    expect(grouping.levels).toEqual(['Male', 'Female', '(missing)']);
    expect(names(grouping)).toEqual(['Female', 'Male', '(missing)', 'Female']);
  });

  it('merges a level that is itself named (missing)', () => {
    expect(names(groupBy(categories(['(missing)', 'a'], 0, -1, 1)))).toEqual(['(missing)', '(missing)', 'a']);
  });

  it('makes each of few distinct numbers a group', () => {
    expect(names(groupBy(numbers(2, 0, 2, Number.NaN, -1)))).toEqual(['2', '0', '2', '(missing)', '-1']);
    expect(groupBy(numbers(2, 0, 2, Number.NaN, -1)).levels).toEqual(['-1', '0', '2', '(missing)']);
  });

  it('bins by edges, the last bin closed, with what lies outside apart', () => {
    const grouping = groupBy(numbers(-1, 0, 24, 25, 65, 120, 121, Number.NaN), [0, 25, 65, 120]);
    expect(names(grouping)).toEqual(['< 0', '[0, 25)', '[0, 25)', '[25, 65)', '[65, 120]', '[65, 120]', '> 120', '(missing)']);
  });

  it('cuts many distinct numbers at their quartiles', () => {
    const grouping = groupBy(numbers(...Array.from({ length: 100 }, (_, i) => i)));
    expect(grouping.levels).toEqual(['[0, 25)', '[25, 50)', '[50, 75)', '[75, 99]']);
    for (let g = 0; g < 4; g++) expect(grouping.codes.filter((code) => code === g)).toHaveLength(25);
  });

  it('refuses edges that do not increase', () => {
    expect(() => groupBy(numbers(1), [0])).toThrow(RangeError);
    expect(() => groupBy(numbers(1), [0, 0])).toThrow(RangeError);
  });
});

describe('intersect', () => {
  it('lists the combinations that occur', () => {
    const sex: Grouping = { attribute: 'sex', levels: ['F', 'M'], codes: Int32Array.of(0, 1, 0, 1) };
    const race: Grouping = { attribute: 'race', levels: ['b', 'w', 'x'], codes: Int32Array.of(1, 0, 1, 2) };
    const both = intersect([sex, race]);
    expect(both.attribute).toBe('sex*race');
    expect(both.levels).toEqual(['F*w', 'M*b', 'M*x']);
    expect(names(both)).toEqual(['F*w', 'M*b', 'F*w', 'M*x']);
  });

  it('gives different names to different combinations, whatever the names hold', () => {
    const part = fc.stringMatching(/^[*\\a_]{0,4}$/);
    fc.assert(fc.property(part, part, part, part, (a, b, c, d) => {
      const join = (x: string, y: string): string => `${escapeName(x)}*${escapeName(y)}`;
      expect(join(a, b) === join(c, d)).toBe(a === c && b === d);
    }), { seed: 1 });
  });
});
