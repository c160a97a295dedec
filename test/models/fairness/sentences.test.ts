import { describe, expect, it } from 'vitest';
import { findingSentence } from '../../../models/fairness/sentences.ts';
import type { Disparity } from '../../../models/fairness/types.ts';

const ROW: Disparity = { attribute: 'sex', metric: 'demographic_parity_difference', value: 0.1801, interval: [0.165, 0.195], tolerance: 0.05, verdict: 'disparity', p: 1e-9,
  p_parity: 1, q: 1e-9, family: 'headline', adjustment: 'holm', alias_of: null, expected_at_parity: { mean: 0.008, q95: 0.017 }, detectable: 0.071, rows_needed: null,
  groups: ['Male', 'Female'], component: null, reference: 'Male', hidden: [], note: null };

function sentence(more: Partial<Disparity>, preamble = ''): string {
  return findingSentence({ row: { ...ROW, ...more }, groupCount: 2, rows: 13_026, level: 0.95, preamble, label: null });
}

describe('findingSentence', () => {
  it('says who, how much, how sure, against what, and what follows', () => {
    expect(sentence({})).toBe('sex: Female was selected 18.0 points less often than Male (95 % interval 16.5 to 19.5; were the groups equal, chance alone would show '
      + 'about 0.8); 13,026 rows; tolerance 5.0 points: disparity.');
  });

  it('names the rate behind equalized odds, and whose decisions they are', () => {
    expect(sentence({ metric: 'equalized_odds_difference', component: 'false_positive_rate' }, 'The reference classifier, not an audited model: '))
      .toMatch(/^The reference classifier, not an audited model: sex: among rows whose label is not positive, Female was selected 18\.0 points less often than Male, /);
  });

  it('claims for the largest gap alone what holds for the largest gap alone', () => {
    const row = { ...ROW, attribute: 'race', groups: ['Asian', 'Native'] };
    expect(findingSentence({ row, groupCount: 5, rows: 10, level: 0.95, preamble: '', label: null }))
      .toContain('race: Native was selected 18.0 points less often than Asian, the largest gap between any two of 5 groups (95 % interval of the largest gap 16.5 to 19.5;');
    expect(sentence({ metric: 'equalized_odds_difference', component: 'true_positive_rate' })).toContain('than Male, the larger of the two gaps (95 % interval of the larger gap 16.5');
  });

  it('names no loser where there is none', () => {
    expect(sentence({ value: 0, interval: [0, 0.003], verdict: 'parity' })).toContain('sex: no difference was seen between groups (demographic parity difference) (95 % interval of the largest gap 0.0 to 0.3');
  });

  it('says what would settle an open question', () => {
    expect(sentence({ verdict: 'undecided', rows_needed: [20_123, 90_456] })).toMatch(/undecided: about 20,000 to 90,000 rows would settle it \(a true gap of 7\.1 points or more would show\)\.$/);
    expect(sentence({ verdict: 'undecided', rows_needed: 'too near the tolerance', detectable: null })).toMatch(/undecided: too near the tolerance\.$/);
  });

  it('names the label', () => {
    const row = { ...ROW, metric: 'base_rate_difference' };
    expect(findingSentence({ row, groupCount: 2, rows: 10, level: 0.9, preamble: '', label: { column: 'income', positive: '>50K' } }))
      .toMatch(/^sex: Female carried the label income = ">50K" 18\.0 points less often than Male \(90 % interval/);
  });

  it('names the attribute where a group is a bare code', () => {
    expect(sentence({ attribute: 'male', groups: ['1', '0'] })).toMatch(/^male: male = 0 was selected 18\.0 points less often than male = 1 \(/);
    expect(sentence({ attribute: 'veteran', groups: ['No', 'yes'] })).toContain('veteran = yes was selected 18.0 points less often than veteran = No');
    expect(sentence({ attribute: 'age', groups: ['[25, 45)', 'F2'] })).toContain('F2 was selected 18.0 points less often than [25, 45)');
  });

  it('speaks of ratios as ratios and of a missing value with its reason', () => {
    expect(sentence({ metric: 'base_rate_ratio', value: 0.36, interval: [0.343, 0.377], tolerance: 0.8 }))
      .toBe('sex: the rate of Female was 0.36 times that of Male (base rate ratio) (95 % interval 0.34 to 0.38); 13,026 rows; tolerance 0.8: disparity.');
    expect(sentence({ value: null, interval: null, note: 'needs a label' })).toBe('sex: demographic parity difference could not be computed: needs a label');
  });

  it('keeps a huge or broken name from drowning the sentence', () => {
    expect(sentence({ groups: ['x'.repeat(1_000_000), 'a\nb'] }).length).toBeLessThan(400);
    expect(sentence({ groups: ['Male', 'a\nb'] })).toContain('a b was selected');
  });
});
