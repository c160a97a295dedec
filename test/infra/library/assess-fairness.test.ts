import { describe, expect, it } from 'vitest';
import { fileSchema } from '../../../infra/config/schema.ts';
import { assessFairness } from '../../../infra/library/assess-fairness.ts';
import type { FairnessQuestion } from '../../../infra/library/fairness-question.ts';
import { randomStream } from '../../../models/engine/random.ts';

/** 2,000 applicants; men are taken with probability 0.6, women with `female`. */
function applicants(female: number): { sex: string[]; region: string[]; scores: number[]; labels: number[]; predictions: number[] } {
  const random = randomStream(3, 'applicants'), rows = Array.from({ length: 2000 }, (_, i) => ({ sex: i % 2 === 0 ? 'Female' : 'Male', region: i % 3 === 0 ? 'north' : 'south' }));
  const taken = rows.map(({ sex }) => Number(random.uniform() < (sex === 'Female' ? female : 0.6)));
  return { sex: rows.map(({ sex }) => sex), region: rows.map(({ region }) => region), predictions: taken,
    labels: rows.map(() => Number(random.uniform() < 0.5)), scores: taken.map((each) => 0.25 + 0.5 * each + 0.2 * random.uniform()) };
}

const gapOf = (question: FairnessQuestion, metric = 'demographic_parity_difference', attribute = 'sex') =>
  assessFairness(question).disparities.find((row) => row.metric === metric && row.attribute === attribute)!;

describe('assessFairness', () => {
  const { sex, region, scores, labels, predictions } = applicants(0.3);
  const rate = (group: string): number => predictions.filter((taken, i) => taken === 1 && sex[i] === group).length / 1000;

  it('gives the gap that counting gives, with a verdict', () => {
    const gap = gapOf({ protected: { sex }, predictions });
    expect(gap.value).toBeCloseTo(rate('Male') - rate('Female'), 12);
    expect(gap).toMatchObject({ verdict: 'disparity', groups: ['Male', 'Female'], tolerance: 0.05 });
    expect(assessFairness({ protected: { sex }, predictions }).verdict).toBe('findings');
    const { predictions: even } = applicants(0.6);
    expect(assessFairness({ protected: { sex }, predictions: even, tolerance: 0.2 }).verdict).toBe('pass');
  });

  it('makes decisions of scores by a threshold, and measures the scores too', () => {
    expect(gapOf({ protected: { sex }, scores }).value).toBe(gapOf({ protected: { sex }, predictions }).value);
    expect(gapOf({ protected: { sex }, scores, threshold: 2 }).value).toBe(0);
    expect(assessFairness({ protected: { sex }, scores, labels }).groups.some(({ metric, value }) => metric === 'auroc' && value !== null)).toBe(true);
  });

  it('crosses attributes, takes bins, a reference, weights and clusters', () => {
    const crossed = assessFairness({ protected: { sex, region }, predictions, reference: { sex: 'Female' } });
    expect(new Set(crossed.disparities.map(({ attribute }) => attribute))).toEqual(new Set(['sex', 'region', 'sex*region']));
    expect(crossed.disparities.find(({ attribute, metric }) => attribute === 'sex' && metric === 'average_odds_difference')!.reference).toBe('Female');
    expect(assessFairness({ protected: { sex, region }, predictions, intersections: 1 }).disparities.some(({ attribute }) => attribute.includes('*'))).toBe(false);
    const age = sex.map((_, i) => i % 80);
    expect(new Set(assessFairness({ protected: { age }, predictions, bins: { age: [0, 40, 80] } }).groups.map(({ group }) => group))).toEqual(new Set(['[0, 40)', '[40, 80]']));
    const plain = gapOf({ protected: { sex }, predictions }), clustered = gapOf({ protected: { sex }, predictions, weights: sex.map(() => 2), clusters: sex.map((_, i) => `c${i % 40}`) });
    expect(clustered.value).toBeCloseTo(plain.value!, 12);
    expect(clustered.interval).not.toEqual(plain.interval);
  });

  it('is undecided about nothing, and reads true, false and null', () => {
    expect(assessFairness({ protected: { sex } })).toMatchObject({ verdict: 'undecided', decisions: null });
    const yes = predictions.map((each, i) => (i < 10 ? null : each === 1));
    expect(gapOf({ protected: { sex }, predictions: yes }).value).toBeCloseTo(gapOf({ protected: { sex: sex.slice(10) }, predictions: predictions.slice(10) }).value!, 12);
  });

  it.each<[string, FairnessQuestion, RegExp]>([
    ['lengths', { protected: { sex }, labels: [1, 0] }, /sex has 2000 rows and labels has 2/],
    ['a mark that is none', { protected: { sex }, labels: sex.map(() => 2) }, /labels\[0\] is 2: expected 1 or true/],
    ['one group', { protected: { sex: sex.map(() => 'x') }, labels }, /sex has one group only \(x\)/],
    ['a reference that is no group', { protected: { sex }, labels, reference: { sex: 'Other' } }, /reference names Other for sex, whose groups are Female, Male/],
    ['scores without a threshold', { protected: { sex }, scores: sex.map((_, i) => i) }, /up to 1999: give a threshold/],
    ['an unknown headline', { protected: { sex }, labels, headline: ['fairness'] }, /fairness, which is no disparity/],
    ['nothing', { protected: {} }, /nothing to compare/],
  ])('refuses %s', (_, question, message) => expect(() => assessFairness(question)).toThrow(message));

  it('has the defaults of audit.yaml', () => {
    const { fairness, seed } = fileSchema.parse({ data: { path: 'x.csv' } });
    const { level, tolerance, ratio, minimum } = fairness;
    const explicit = assessFairness({ protected: { sex }, predictions, level, tolerance, ratio, minimum, seed, intersections: fairness.intersections as 2 });
    expect(assessFairness({ protected: { sex }, predictions })).toEqual(explicit);
  });
});
