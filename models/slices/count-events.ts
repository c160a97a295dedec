import { type Bits, countBits, countCommon, eachBit } from './bits.ts';

/** P(event) when nothing is amiss: of each row, or one for all. */
export type ExpectedRates = Float64Array | number;

export interface EventCounts {
  readonly size: number;
  readonly events: number;
  /** Sum of the rows' expected rates eᵢ. */
  readonly expected: number;
  /**
   * Standard deviations by which the events exceed the expected ones: (k − Σ eᵢ) / √v. v is the larger of the expected variance Σ eᵢ (1 − eᵢ)
   * and the observed one, k (1 − k / n), as a few events where hardly any were expected are no strong sign; 0 where both are.
   */
  readonly deviate: number;
}

/** Events among some rows beside those expected of them. event: the rows of the event. */
export function countEvents(rows: Bits, event: Bits, rates: ExpectedRates): EventCounts {
  const size = countBits(rows), events = countCommon(rows, event);
  let expected = 0, variance = 0;
  if (typeof rates === 'number') {
    expected = size * rates;
    variance = expected * (1 - rates);
  } else {
    eachBit(rows, (row) => {
      const rate = rates[row]!;
      expected += rate;
      variance += rate * (1 - rate);
    });
  }
  const largest = size === 0 ? 0 : Math.max(variance, events * (1 - events / size));
  return { size, events, expected, deviate: largest > 0 ? (events - expected) / Math.sqrt(largest) : 0 };
}
