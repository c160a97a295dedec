import { describe, expect, it } from 'vitest';
import { auditFairness } from '../../../models/fairness/audit-fairness.ts';
import { fromRows } from '../../../models/fairness/audit-rows.ts';
import type { FairnessResult } from '../../../models/fairness/types.ts';

const ROWS = 20_000;

/** Labels alone, positive in every `period`-th row of either group, or in all others. */
function audit(period: number, rare: boolean): FairnessResult {
  const labels = Uint8Array.from({ length: ROWS }, (_, row) => Number((row >> 1) % period === 0) ^ Number(!rare));
  return auditFairness(fromRows({ groupings: [{ attribute: 'sex', levels: ['m', 'f'], codes: Int32Array.from({ length: ROWS }, (_, row) => row % 2) }], labels, decisions: null,
    rows: ROWS, population: 'all', headline: ['base_rate_difference'], settings: { level: 0.95, tolerance: { default: 0.05 }, ratio: 0.8, minimum: 30, seed: 0 }, notes: [] }));
}

describe('a parity that was sure before anybody looked', () => {
  it.each([true, false])('is no pass, whether the label is rare or nearly everybody has it (rare: %s)', (rare) => {
    const { verdict, disparities, findings } = audit(50, rare);
    expect(disparities.find(({ metric }) => metric === 'base_rate_difference')!.verdict).toBe('parity');
    expect(verdict).toBe('undecided');
    expect(findings[0]!.sentence).toContain('parity that tells nothing');
  });

  it('is a pass where a gap could have been larger', () => {
    const { verdict, findings } = audit(4, true);
    expect(verdict).toBe('pass');
    expect(findings[0]!.sentence).toMatch(/: parity\.$/);
  });
});
