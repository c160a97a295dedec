import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { auditFairness as auditCounts } from '../../../models/fairness/audit-fairness.ts';
import { DISPARITY_NAMES } from '../../../models/fairness/headline.ts';
import type { Disparity, FairnessResult } from '../../../models/fairness/types.ts';
import type { Grouping } from '../../../models/table.ts';
import { fromRows, type RowAudit } from '../../../models/fairness/audit-rows.ts';

const ROWS = 3000;

/** Two attributes; the second group of `sex` is selected less often; group `c` of race is rare. */
const auditFairness = (audit: RowAudit): FairnessResult => auditCounts(fromRows(audit));

function makeAudit() {
  const random = randomStream(12, 'audit');
  const sex: Grouping = { attribute: 'sex', levels: ['m', 'f'], codes: Int32Array.from({ length: ROWS }, () => Number(random.uniform() < 0.4)) };
  const race: Grouping = { attribute: 'race', levels: ['a', 'b', 'c'], codes: Int32Array.from({ length: ROWS }, () => { const u = random.uniform(); return u < 0.6 ? 0 : u < 0.993 ? 1 : 2; }) };
  const labels = Uint8Array.from({ length: ROWS }, () => Number(random.uniform() < 0.4));
  const scores = Float64Array.from({ length: ROWS }, (_, i) => Math.min(1, Math.max(0, 0.35 + 0.25 * labels[i]! - 0.2 * sex.codes[i]! + 0.2 * random.normal())));
  const decision = Uint8Array.from(scores, (score) => Number(score >= 0.5));
  return { groupings: [sex, race],
    labels, decisions: { source: 'score' as const, description: 'score ≥ 0.5', decision }, scores, strata: [race],
    features: { values: Float32Array.from(scores), rows: ROWS, columns: 1 }, rows: ROWS, population: 'all', headline: ['demographic_parity_difference', 'equalized_odds_difference'],
    settings: { level: 0.95, tolerance: { default: 0.05 }, ratio: 0.8, minimum: 30, seed: 0 }, notes: [] };
}

const find = (result: FairnessResult, attribute: string, metric: string): Disparity => result.disparities.find((row) => row.attribute === attribute && row.metric === metric)!;

describe('auditFairness', () => {
  const audit = makeAudit();
  let result: FairnessResult;
  beforeAll(() => { result = auditFairness(audit); }, 120_000);

  it('lists every metric of the contract once for each attribute and intersection', () => {
    for (const attribute of ['sex', 'race', 'sex*race']) {
      expect(result.disparities.filter((row) => row.attribute === attribute).map(({ metric }) => metric)).toEqual(DISPARITY_NAMES);
    }
    expect(result.groups).toHaveLength((2 + 3 + 6) * 16);
    expect(new Set(result.data.map(({ metric }) => metric)).size).toBe(9);
    expect(result.pairs).toHaveLength(1 + 1 + 3);
    expect(result.pairs![0]).toMatchObject({ attribute: 'sex', metric: 'selection_rate', group: 'f', favoured: 'm' });
    expect(result.individual.map(({ metric }) => metric)).toEqual(['theil_index', 'generalized_entropy_2', 'coefficient_of_variation',
      ...new Array<string>(3).fill('between_group_generalized_entropy'), 'consistency']);
  });

  it('finds the planted gap, and says so', () => {
    expect(result.verdict).toBe('findings');
    expect(find(result, 'sex', 'demographic_parity_difference')).toMatchObject({ verdict: 'disparity', family: 'headline', groups: ['m', 'f'], reference: 'm' });
    expect(result.findings).toHaveLength(4);
    expect(result.findings[0]).toMatchObject({ attribute: 'sex', survives: true });
    expect(result.findings[0]!.sentence).toMatch(/^sex: f was selected \d+\.\d points less often than m /);
  });

  it('keeps values within their intervals, and p with the verdict', () => {
    for (const { value, interval, p, p_parity, verdict, metric } of result.disparities.filter((row) => row.verdict !== null)) {
      expect(interval![0], metric).toBeLessThanOrEqual(value! + 0.03);
      expect(interval![1], metric).toBeGreaterThanOrEqual(value! - 0.03);
      expect(verdict === 'disparity', metric).toBe(p! <= 0.05);
      expect(verdict !== 'parity' || p_parity! <= 0.025, metric).toBe(true);
    }
  });

  it('copies aliases, and turns the pair of a complement', () => {
    const tpr = find(result, 'race', 'true_positive_rate_difference'), fnr = find(result, 'race', 'false_negative_rate_difference');
    expect(fnr).toEqual({ ...tpr, metric: 'false_negative_rate_difference', alias_of: 'true_positive_rate_difference', groups: tpr.groups.toReversed() });
    expect(find(result, 'race', 'false_negative_rate_ratio').alias_of).toBeNull();
    expect(result.comparisons.headline).toBe(4);
    const estimands = result.disparities.filter((row) => row.p !== null && row.alias_of === null);
    expect(result.comparisons.headline + result.comparisons.exploratory).toBe(estimands.length);
  });

  it('hides the point value of a small group, never the group', () => {
    const small = result.groups.find((row) => row.group === 'c' && row.metric === 'selection_rate')!;
    expect(small.denominator).toBeLessThan(30);
    expect(small.value).toBeNull();
    expect(small.interval).not.toBeNull();
    const shown = auditFairness({ ...audit, settings: { ...audit.settings, minimum: 1 } });
    const hidden = find(result, 'race', 'demographic_parity_difference'), open = find(shown, 'race', 'demographic_parity_difference');
    expect(hidden.hidden).toEqual(['c']);
    expect({ ...hidden, hidden: [] }).toEqual(open);
  });

  it('is the same to the byte twice, and whatever the order of rows', () => {
    expect(JSON.stringify(auditFairness(audit))).toBe(JSON.stringify(result));
    const flip = <T extends Uint8Array | Int32Array | Float64Array>(values: T): T => values.toReversed() as T;
    const reversed = auditFairness({ ...audit, features: null, labels: flip(audit.labels!), scores: flip(audit.scores!),
      decisions: { ...audit.decisions!, decision: flip(audit.decisions!.decision) }, strata: [],
      groupings: audit.groupings.map((each) => ({ ...each, codes: flip(each.codes) })) });
    expect(reversed.disparities.filter(({ metric }) => !/mean_score|brier|calibration|abroca/.test(metric)))
      .toEqual(result.disparities.filter(({ metric }) => !/mean_score|brier|calibration|abroca/.test(metric)));
  });

  it('simulates its own intervals', () => {
    const rows = result.certificate.disparities as readonly { readonly coverage: number; readonly coverage_at_parity: number; readonly false_disparity_at_tolerance: number }[];
    expect(rows).toHaveLength(4);
    for (const { coverage, coverage_at_parity, false_disparity_at_tolerance } of rows) {
      expect(Math.min(coverage, coverage_at_parity)).toBeGreaterThan(0.9);
      expect(false_disparity_at_tolerance).toBeLessThan(0.06);
    }
    const { trials, coverage, monte_carlo_error: errors } = rows[0] as unknown as { trials: number; coverage: number; monte_carlo_error: Record<string, number> };
    expect(errors['coverage']).toBeGreaterThan(1.9 * Math.sqrt((coverage * (1 - coverage)) / trials) - 0.002);
    expect(Object.keys(errors)).toEqual(['coverage', 'coverage_at_parity', 'false_disparity_at_parity', 'false_disparity_at_tolerance', 'power', 'parity_found_at_parity']);
  });
});

describe('what is missing', () => {
  const audit = { ...makeAudit(), features: null };

  it('is null with the reason: no label', () => {
    const result = auditFairness({ ...audit, labels: null, headline: ['demographic_parity_difference'] });
    expect(find(result, 'sex', 'equalized_odds_difference')).toMatchObject({ value: null, verdict: null, note: 'needs a label, and the data has none' });
    expect(find(result, 'sex', 'demographic_parity_difference').verdict).toBe('disparity');
    expect(result.data.every(({ value, note }) => value === null && note !== null)).toBe(true);
    expect(find(result, 'sex', 'mean_score_difference').value).not.toBeNull();
  });

  it('is null with the reason: no decisions', () => {
    const result = auditFairness({ ...audit, decisions: null, scores: null, headline: ['base_rate_difference'] });
    expect(find(result, 'sex', 'demographic_parity_difference').note).toBe('needs decisions, and there are none');
    expect(result.groups.find(({ metric }) => metric === 'auroc')!.note).toMatch(/needs a score/);
    expect(result.findings.map(({ metric }) => metric)).toEqual(['base_rate_difference', 'base_rate_difference']);
  });

  it('gives no verdict from nothing', () => {
    expect(auditFairness({ ...audit, groupings: [], headline: [] }).verdict).toBe('undecided');
  });

  it('shows no parity of all from some: a group without the rows a rate needs', () => {
    const labels = audit.labels!.map((label, row) => (audit.groupings[1]!.codes[row] === 2 ? 0 : label));
    const equal = { source: 'prediction' as const, description: 'coin', decision: Uint8Array.from({ length: ROWS }, (_, i) => i % 2) };
    const result = auditFairness({ ...audit, labels, decisions: equal, scores: null, settings: { ...audit.settings, tolerance: { default: 0.2 } } });
    const row = find(result, 'race', 'true_positive_rate_difference');
    expect(row.p_parity).toBeLessThan(0.025);
    expect(row.verdict).toBe('undecided');
    expect(row.note).toMatch(/^parity among 2 of 3 groups/);
  });

  it('never reads scores outside [0, 1] as probabilities', () => {
    const result = auditFairness({ ...audit, scores: audit.scores!.map((score) => 10 * score), scoreRange: [0, 10] });
    expect(find(result, 'sex', 'brier_difference').note).toMatch(/outside \[0, 1\]/);
    expect(find(result, 'sex', 'auroc_difference').value).toBeCloseTo(find(auditFairness(audit), 'sex', 'auroc_difference').value!, 12);
  });

  it('tests calibration only with a tolerance of its own', () => {
    const plain = auditFairness(audit), own = auditFairness({ ...audit, settings: { ...audit.settings, tolerance: { default: 0.05, brier: 0.01, expected_calibration_error: 0.02 } } });
    expect(find(plain, 'sex', 'brier_difference').verdict).toBeNull();
    expect(find(own, 'sex', 'brier_difference').verdict).not.toBeNull();
    expect(find(own, 'sex', 'expected_calibration_error_difference')).toMatchObject({ verdict: 'disparity', alias_of: 'calibration_in_the_large_difference' });
  });
});
