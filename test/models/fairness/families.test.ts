import { describe, expect, it } from 'vitest';
import { assignFamilies, auditVerdict, countComparisons } from '../../../models/fairness/families.ts';
import { automaticHeadline, DISPARITY_NAMES, headlineMetric } from '../../../models/fairness/headline.ts';
import { toleranceOf } from '../../../models/fairness/settings.ts';
import type { Disparity } from '../../../models/fairness/types.ts';

function row(attribute: string, metric: string, p: number | null, more: Partial<Disparity> = {}): Disparity {
  return { attribute, metric, value: 0.1, interval: [0, 0.2], tolerance: 0.05, verdict: 'undecided', p, p_parity: 1, q: null, family: 'descriptive',
    adjustment: 'none', alias_of: null, expected_at_parity: null, detectable: null, rows_needed: null, groups: ['a', 'b'], component: null, reference: 'a',
    hidden: [], note: null, ...more };
}

describe('assignFamilies', () => {
  const rows = [
    row('sex', 'x_difference', 0.01), row('sex', 'alias_difference', 0.01, { alias_of: 'x_difference' }), row('race', 'x_difference', 0.03),
    row('sex*race', 'x_difference', 0.001), row('sex', 'y_difference', 0.04), row('sex', 'z_difference', null, { verdict: null }),
  ];
  const assigned = assignFamilies(rows, ['x_difference'], new Set(['sex', 'race']));

  it('adjusts headlines of single attributes by Holm, the rest by Benjamini and Hochberg, each estimand once', () => {
    expect(assigned.map(({ family, q }) => [family, q])).toEqual([
      ['headline', 0.02], ['headline', 0.02], ['headline', 0.03], ['exploratory', 0.002], ['exploratory', 0.04], ['descriptive', null],
    ]);
    expect(assigned[0]!.adjustment).toBe('holm');
    expect(countComparisons(assigned, 0.95)).toMatchObject({ headline: 2, exploratory: 2 });
  });

  it('takes an alias in the headline for its estimand', () => {
    expect(assignFamilies(rows, ['alias_difference'], new Set(['sex', 'race']))[0]!.family).toBe('headline');
  });
});

describe('auditVerdict', () => {
  const parity = row('sex', 'x', 1, { verdict: 'parity', q: 1 }), open = row('sex', 'x', 0.4, { q: 0.4 });
  const found = row('sex', 'x', 0.01, { verdict: 'disparity', q: 0.02 }), lost = row('sex', 'x', 0.04, { verdict: 'disparity', q: 0.08 });

  it('passes only when every headline gap is at parity, and finds what survives', () => {
    expect([[parity, parity], [parity, open], [parity, found], [parity, lost], []].map((rows) => auditVerdict(rows, 0.95)))
      .toEqual(['pass', 'undecided', 'findings', 'undecided', 'undecided']);
  });
});

describe('headline', () => {
  it('is fixed by the kinds of columns', () => {
    expect(automaticHeadline({ source: 'score', hasLabel: true })).toEqual(['demographic_parity_difference', 'equalized_odds_difference']);
    expect(automaticHeadline({ source: 'prediction', hasLabel: false })).toEqual(['demographic_parity_difference']);
    expect(automaticHeadline({ source: 'reference', hasLabel: true })).toEqual(['base_rate_difference']);
    expect(automaticHeadline({ source: null, hasLabel: false })).toEqual([]);
  });

  it('knows each name once, and rates without their suffix', () => {
    expect(new Set(DISPARITY_NAMES).size).toBe(DISPARITY_NAMES.length);
    expect([headlineMetric('equal_opportunity'), headlineMetric('auroc_ratio'), headlineMetric('constructor'), headlineMetric('parity')])
      .toEqual(['equal_opportunity_difference', 'auroc_ratio', null, null]);
  });
});

describe('toleranceOf', () => {
  const settings = { level: 0.95, tolerance: { default: 0.05, selection_rate: 0.03, auroc_difference: 0.02 }, ratio: 0.8, minimum: 30, seed: 0 };
  it('finds the tolerance of an estimand under any of its names', () => {
    expect(toleranceOf(settings, ['demographic_parity_difference', 'selection_rate_difference'], 0.05)).toBe(0.03);
    expect(toleranceOf(settings, ['auroc_difference'], 0.05)).toBe(0.02);
    expect(toleranceOf(settings, ['selection_rate_ratio'], 0.8)).toBe(0.8);
    expect(toleranceOf(settings, ['brier_difference'], null)).toBeNull();
  });
});
