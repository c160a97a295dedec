import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { auditFairness } from '../../models/fairness/audit-fairness.ts';
import { groupBy } from '../../models/fairness/groups.ts';
import type { FairnessResult } from '../../models/fairness/types.ts';
import type { CategoryColumn } from '../../models/table.ts';
import { fromRows } from '../../models/fairness/audit-rows.ts';

/** Answers of Fairlearn, AIF360, Aequitas and smclarify on the same rows; beside the checkout, not part of it. */
const FOLDER = fileURLToPath(new URL('../../../shared/golden/', import.meta.url));
const NAMES = ['adult', 'compas', 'german_credit'] as const;
const present = NAMES.filter((name) => existsSync(`${FOLDER}${name}.csv`) && existsSync(`${FOLDER}${name}.json`));

type Values = Readonly<Record<string, number | string>>;
interface Answers {
  readonly attributes: Readonly<Record<string, {
    readonly fairlearn: Readonly<Record<'by_group' | 'difference_between_groups' | 'ratio_between_groups' | 'summary', Readonly<Record<string, unknown>>>>;
    readonly aif360: { readonly by_group: Readonly<Record<string, Values>>; readonly vs_reference: Readonly<Record<string, Values>>; readonly overall: Values };
    readonly aequitas: Readonly<Record<'by_group' | 'disparity_vs_reference', Readonly<Record<string, Values | string>>>>;
    readonly clarify: { readonly vs_rest: Readonly<Record<string, Values>>; readonly vs_ref: Readonly<Record<string, Values>> };
  }>>;
}

function readRows(name: string): { readonly attributes: readonly string[]; column(name: string): string[] } {
  const [header, ...lines] = readFileSync(`${FOLDER}${name}.csv`, 'utf8').trim().split('\n').map((line) => line.split(','));
  return { attributes: header!.slice(4, 6), column: (wanted) => lines.map((cells) => cells[header!.indexOf(wanted)]!) };
}

function category(name: string, values: readonly string[]): CategoryColumn {
  const levels = [...new Set(values)].sort();
  return { kind: 'category', name, levels, codes: Int32Array.from(values, (value) => levels.indexOf(value)) };
}

function audit(name: string): FairnessResult {
  const { attributes, column } = readRows(name);
  const singles = attributes.map((attribute) => groupBy(category(attribute, column(attribute))));
  const numbers = (wanted: string): number[] => column(wanted).map(Number);
  return auditFairness(fromRows({
    groupings: singles,
    labels: Uint8Array.from(numbers('y_true')), scores: Float64Array.from(numbers('y_score')),
    decisions: { source: 'prediction', description: 'golden', decision: Uint8Array.from(numbers('y_pred')) },
    strata: [groupBy(category('stratum', column('stratum')))],
    headline: ['demographic_parity_difference'], settings: { level: 0.95, tolerance: { default: 0.05 }, ratio: 0.8, minimum: 1, seed: 0 },
  }));
}

/** Golden files write intersections `a x b`, we write `a*b`. */
const ours = (name: string): string => name.replaceAll(' x ', '*');

class Comparison {
  compared = 0;
  readonly mismatches: string[] = [];
  readonly #result: FairnessResult;
  constructor(result: FairnessResult) { this.#result = result; }

  #check(what: string, actual: number | null | undefined, expected: unknown): void {
    if (typeof expected !== 'number') return;
    this.compared++;
    if (typeof actual !== 'number' || !(Math.abs(actual - expected) < 1e-6)) this.mismatches.push(`${what}: ${actual} is not ${expected}`);
  }

  group(attribute: string, group: string, metric: string, expected: unknown): void {
    const row = this.#result.groups.find((each) => each.attribute === ours(attribute) && each.group === ours(group) && each.metric === metric);
    if (row?.denominator === 0) return;
    this.#check(`${attribute} ${group} ${metric}`, row?.value, expected);
  }

  disparity(attribute: string, metric: string, expected: unknown): void {
    const row = this.#result.disparities.find((each) => each.attribute === ours(attribute) && each.metric === metric);
    this.#check(`${attribute} ${metric}`, row?.value, expected);
  }

  contrast(attribute: string, group: string, metric: string, expected: unknown): void {
    const row = this.#result.contrasts?.find((each) => each.against === 'reference' && each.attribute === ours(attribute) && each.group === ours(group) && each.metric === metric);
    if (row !== undefined) this.#check(`${attribute} ${group} ${metric} over the reference`, row.ratio, expected);
  }

  data(attribute: string, group: string, metric: string, expected: unknown): void {
    const row = this.#result.data.find((each) => each.attribute === ours(attribute) && each.group === ours(group) && each.metric === metric);
    this.#check(`${attribute} ${group} ${metric}`, row?.value, expected);
  }

  individual(attribute: string | null, metric: string, expected: unknown): void {
    this.#check(metric, this.#result.individual.find((each) => each.attribute === (attribute === null ? null : ours(attribute)) && each.metric === metric)?.value, expected);
  }
}

const AEQUITAS = { tpr: 'true_positive_rate', tnr: 'true_negative_rate', for: 'false_omission_rate', fdr: 'false_discovery_rate', fpr: 'false_positive_rate', fnr: 'false_negative_rate',
  npv: 'negative_predictive_value', precision: 'positive_predictive_value', pprev: 'selection_rate', prev: 'base_rate', accuracy: 'accuracy' };

const CLARIFY_DATA = { CI: 'class_imbalance', DPL: 'difference_in_proportions', KL: 'kl', JS: 'js', LP: 'lp', TVD: 'tvd', KS: 'ks', CDDL: 'conditional_demographic_disparity' };

describe.each(present)('known answers: %s', (name) => {
  const answers = JSON.parse(readFileSync(`${FOLDER}${name}.json`, 'utf8')) as Answers;
  const comparison = new Comparison(audit(name));
  const attributes = Object.entries(answers.attributes);

  it('rates by group are those of Fairlearn and AIF360', () => {
    for (const [attribute, { fairlearn, aif360 }] of attributes) {
      for (const [metric, values] of Object.entries({ ...fairlearn.by_group, ...aif360.by_group })) {
        if (metric === 'source' || metric === 'count' || metric === 'error_rate') continue;
        for (const [group, value] of Object.entries(values as Values)) comparison.group(attribute, group, metric, value);
      }
    }
    expect(comparison.mismatches).toEqual([]);
  });

  it('rates by group, and their ratios to the reference, are those of Aequitas', () => {
    const before = comparison.compared;
    for (const [attribute, { aequitas }] of attributes) {
      for (const [theirs, metric] of Object.entries(AEQUITAS)) {
        for (const [group, value] of Object.entries(aequitas.by_group[theirs] as Values)) comparison.group(attribute, group, metric, value);
        for (const [group, value] of Object.entries((aequitas.disparity_vs_reference[`${theirs}_disparity`] ?? {}) as Values)) comparison.contrast(attribute, group, metric, value);
      }
    }
    expect(comparison.mismatches).toEqual([]);
    expect(comparison.compared - before).toBeGreaterThan(80);
  });

  it('gaps and ratios between groups are those of Fairlearn', () => {
    for (const [attribute, { fairlearn }] of attributes) {
      for (const [metric, value] of Object.entries(fairlearn.difference_between_groups)) comparison.disparity(attribute, `${metric}_difference`, value);
      for (const [metric, value] of Object.entries(fairlearn.ratio_between_groups)) comparison.disparity(attribute, `${metric}_ratio`, value);
      for (const [key, value] of Object.entries(fairlearn.summary)) {
        if (!key.includes('between_groups') || key.includes('agg=mean')) continue;
        comparison.disparity(attribute, key.split('|')[0]!, value);
      }
    }
    expect(comparison.mismatches).toEqual([]);
  });

  it('gaps to the reference are those of AIF360 and Clarify, where they are largest', () => {
    const largest = (values: Values): number => Object.entries(values).reduce((most, [group, value]) =>
      (group !== 'ALL_OTHERS' && typeof value === 'number' && Math.abs(value) > Math.abs(most) ? value : most), 0);
    for (const [attribute, { aif360, clarify }] of attributes) {
      comparison.disparity(attribute, 'average_odds_difference', largest(aif360.vs_reference.average_odds_difference!));
      comparison.disparity(attribute, 'differential_fairness', aif360.overall['smoothed_empirical_differential_fairness(predictions, concentration=1.0)']);
      const treatment = clarify.vs_ref.TE!;
      if (Object.values(treatment).every((value) => typeof value === 'number')) comparison.disparity(attribute, 'treatment_equality', largest(treatment));
    }
    expect(comparison.mismatches).toEqual([]);
  });

  it('data metrics are those of Clarify, each group against the rest', () => {
    for (const [attribute, { clarify }] of attributes) {
      for (const [theirs, metric] of Object.entries(CLARIFY_DATA)) {
        for (const [group, value] of Object.entries(clarify.vs_rest[theirs]!)) comparison.data(attribute, group, metric, value);
      }
    }
    expect(comparison.mismatches).toEqual([]);
  });

  it('benefit indices are those of AIF360', () => {
    for (const [attribute, { aif360: { overall } }] of attributes) {
      comparison.individual(null, 'theil_index', overall.theil_index);
      comparison.individual(null, 'generalized_entropy_2', overall['generalized_entropy_index(alpha=2)']);
      comparison.individual(null, 'coefficient_of_variation', overall.coefficient_of_variation);
      comparison.individual(attribute, 'between_group_generalized_entropy', overall['between_all_groups_generalized_entropy_index(alpha=2)']);
    }
    expect(comparison.mismatches).toEqual([]);
  });

  it('compared hundreds of numbers', () => {
    expect(comparison.compared).toBeGreaterThan(200);
  });
});

describe('known answers by hand', () => {
  // Group a: tp 3, fp 1, fn 1, tn 5; group b: tp 1, fp 2, fn 3, tn 4.
  const cells = [['a', 1, 1, 3], ['a', 0, 1, 1], ['a', 1, 0, 1], ['a', 0, 0, 5], ['b', 1, 1, 1], ['b', 0, 1, 2], ['b', 1, 0, 3], ['b', 0, 0, 4]] as const;
  const rows = cells.flatMap(([group, label, decision, count]) => Array.from({ length: count }, () => ({ group, label, decision })));
  const grouping = groupBy(category('g', rows.map(({ group }) => group)));
  const result = auditFairness(fromRows({
    groupings: [grouping], references: { g: 'a' }, labels: Uint8Array.from(rows, ({ label }) => label),
    decisions: { source: 'prediction', description: 'by hand', decision: Uint8Array.from(rows, ({ decision }) => decision) },
    settings: { level: 0.95, tolerance: { default: 0.05 }, ratio: 0.8, minimum: 1, seed: 0 },
  }));

  it.each([
    ['demographic_parity_difference', 4 / 10 - 3 / 10], ['demographic_parity_ratio', 3 / 4], ['base_rate_difference', 0],
    ['equal_opportunity_difference', 3 / 4 - 1 / 4], ['false_positive_rate_ratio', 1 / 2], ['equalized_odds_difference', 1 / 2], ['equalized_odds_ratio', 1 / 3],
    ['average_odds_difference', (2 / 6 - 1 / 6 + 1 / 4 - 3 / 4) / 2], ['treatment_equality', 3 / 2 - 1], ['differential_fairness', Math.log(4.5 / 3.5)],
    ['positive_predictive_value_difference', 3 / 4 - 1 / 3], ['accuracy_ratio', 5 / 8],
  ])('%s', (metric, expected) => {
    expect(result.disparities.find((row) => row.metric === metric)!.value).toBeCloseTo(expected, 12);
  });

  it('benefits', () => {
    // b = 0 four times, 1 thirteen times, 2 three times: mean 19/20.
    const mean = 19 / 20, value = (metric: string): number => result.individual.find((row) => row.metric === metric)!.value!;
    expect(value('theil_index')).toBeCloseTo((13 * (1 / mean) * Math.log(1 / mean) + 3 * (2 / mean) * Math.log(2 / mean)) / 20, 12);
    expect(value('generalized_entropy_2')).toBeCloseTo(((13 + 12) / 20 / mean ** 2 - 1) / 2, 12);
  });
});
