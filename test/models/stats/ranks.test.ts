import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascendingOrder, midRanks } from '../../../models/stats/ranks.ts';

const values = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 40 });

describe('midRanks', () => {
  it('gives equal values the mean of their ranks', () => {
    expect([...midRanks([30, 10, 20, 10])]).toEqual([4, 1.5, 3, 1.5]);
    expect([...midRanks([])]).toEqual([]);
    expect([...midRanks([Infinity, -Infinity, 0])]).toEqual([3, 1, 2]);
  });

  it('is 1 + values below + half of the other equal values, by counting', () => {
    fc.assert(fc.property(values, (x) => {
      const counted = x.map((v) => 1 + x.filter((w) => w < v).length + (x.filter((w) => w === v).length - 1) / 2);
      expect([...midRanks(x)]).toEqual(counted);
    }));
  });

  it('refuses NaN, saying where', () => {
    expect(() => midRanks([1, NaN])).toThrow('value 1 is NaN');
  });
});

describe('ascendingOrder', () => {
  it('sorts, equal values by position', () => {
    expect([...ascendingOrder([2, 1, 2, 1])]).toEqual([1, 3, 0, 2]);
    fc.assert(fc.property(values, (x) => {
      const order = [...ascendingOrder(x)];
      expect(order).toEqual(x.map((_, i) => i).sort((a, b) => x[a]! - x[b]! || a - b));
    }));
  });
});
