import { describe, expect, it } from 'vitest';
import { capFlagged } from '../../../models/resample/cap-flagged.ts';
import { flaggedRows } from '../../../models/resample/flagged-rows.ts';
import { outlierShares } from '../../../models/resample/outlier-shares.ts';

describe('flagged outliers', () => {
  it('are lowered to the median of the others, never raised', () => {
    const { logWeights, lowered } = capFlagged(Float64Array.of(1, 2, 3, 9, -4), Uint8Array.of(0, 0, 0, 1, 1));
    expect([...logWeights]).toEqual([1, 2, 3, 2, -4]);
    expect(lowered).toBe(1);
  });

  it('leave weights alone when none or all are flagged', () => {
    const weights = Float64Array.of(1, 5);
    expect(capFlagged(weights, Uint8Array.of(0, 0))).toEqual({ logWeights: weights, lowered: 0 });
    expect(capFlagged(weights, Uint8Array.of(1, 1))).toEqual({ logWeights: weights, lowered: 0 });
  });

  it('are the strangest 1 % when none is flagged', () => {
    const rank = Uint32Array.from({ length: 250 }, (_, row) => 250 - row), none = new Uint8Array(250);
    const { flagged, rows, how } = flaggedRows(none, rank);
    expect(rows).toBe(3);
    expect([...flagged.subarray(247)]).toEqual([1, 1, 1]);
    expect(how).toContain('strangest 1 %');
    const one = Uint8Array.from(none, (_, row) => Number(row === 4));
    expect(flaggedRows(one, rank)).toMatchObject({ flagged: one, rows: 1, how: expect.stringContaining('flagged') });
  });

  it('are counted by group', () => {
    const grouping = { attribute: 'g', levels: ['a', 'b'], codes: Int32Array.of(0, 0, 0, 1) };
    expect(outlierShares(Uint8Array.of(1, 0, 0, 1), [grouping])).toEqual([
      { attribute: 'g', group: 'a', share: 0.75, outlierShare: 0.5 }, { attribute: 'g', group: 'b', share: 0.25, outlierShare: 0.5 },
    ]);
    expect(outlierShares(new Uint8Array(4), [grouping])).toEqual([]);
  });
});
