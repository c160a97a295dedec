import { describe, expect, it } from 'vitest';
import { count, groupThousands, numberText, percent, points, pointsInterval, probability, shortNumber, signedPoints } from '../../reports/number-text.ts';

describe('numbers in files', () => {
  it.each([[0.1 + 0.2, '0.3'], [123456789.123, '123456789'], [1e-20 / 3, '3.33333333e-21'], [12345678901, '12345678901'], [-0, '0'], [2 / 3, '0.666666667']])('%f is written as %s', (value, text) => {
    expect(numberText(value)).toBe(text);
  });

  it('leaves empty what does not exist', () => {
    expect([null, undefined, Number.NaN, Infinity, -Infinity].map(numberText)).toEqual(['', '', '', '', '']);
  });
});

describe('numbers for people', () => {
  it('groups thousands, keeps three digits and uses a true minus', () => {
    expect([shortNumber(48842), shortNumber(-0.123456), shortNumber(1234.56), shortNumber(0.00001234), shortNumber(Number.NaN)]).toEqual(['48,842', '−0.123', '1,235', '1.2e-5', '–']);
    expect(count(1e6)).toBe('1,000,000');
  });

  it('writes differences of shares in points, changes with their sign', () => {
    expect([points(0.19421), signedPoints(0.012), signedPoints(-0.012), signedPoints(-0.0001), signedPoints(0), points(null)]).toEqual(['19.4 points', '+1.2 points', '−1.2 points', '0.0 points', '0.0 points', '–']);
    expect([pointsInterval([-0.01, 0.2]), pointsInterval(null)]).toEqual(['−1.0 to 20.0 points', null]);
    expect(groupThousands('20000 of 123456 rows, 1999, 0.12345, 12345.6')).toBe('20,000 of 123,456 rows, 1999, 0.12345, 12345.6');
    expect(groupThousands('all of 48842. zip = 90210, “90210”, x12345 and [12345, 67890)')).toBe('all of 48,842. zip = 90210, “90210”, x12345 and [12,345, 67,890)');
  });

  it('writes shares in percent and never a p-value of nought', () => {
    expect([percent(0.19421), percent(-0.5, 0), percent(null)]).toEqual(['19.4 %', '−50 %', '–']);
    expect([probability(1e-9), probability(0.0049), probability(0.2), probability(null)]).toEqual(['< 0.0001', '0.0049', '0.200', '–']);
  });
});
