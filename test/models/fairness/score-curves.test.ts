import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { abroca, areaBetween, rocCurves } from '../../../models/fairness/abroca.ts';
import { auditFairness } from '../../../models/fairness/audit-fairness.ts';
import { fromRows } from '../../../models/fairness/audit-rows.ts';
import { rankRows, type ScoredRows } from '../../../models/fairness/auroc-by-group.ts';
import { calibrationBins, calibrationError, calibrationInterval, calibrationNoise } from '../../../models/fairness/calibration.ts';
import { criticalValue } from '../../../models/fairness/max-t-distribution.ts';
import { shrinkTowardsPooled } from '../../../models/stats/shrink.ts';

/** Calibrated scores of two groups; `shift` turns the second group's odds. */
function scored(rows: number, seed: number, shift = 0): ScoredRows & { readonly scores: Float64Array } {
  const random = randomStream(seed, 'scored', Math.round(shift * 100));
  const codes = Int32Array.from({ length: rows }, () => Number(random.uniform() < 0.4));
  const scores = Float64Array.from({ length: rows }, () => 1 / (1 + Math.exp(-1.3 * random.normal())));
  const labels = Uint8Array.from(scores, (score, row) => Number(random.uniform() < 1 / (1 + ((1 - score) / score) * Math.exp(codes[row]! * shift))));
  return { scores, labels, codes, groups: 2, ranked: rankRows(scores, labels) };
}

describe('ABROCA', () => {
  it('is what a fine grid gives, crossings and steps included', () => {
    const a = { fpr: Float64Array.of(0, 0, 0.5, 1), tpr: Float64Array.of(0, 0.6, 0.6, 1), positives: 1, negatives: 1 }, b = { fpr: Float64Array.of(0, 0.5, 1), tpr: Float64Array.of(0, 0.9, 1), positives: 1, negatives: 1 };
    // |.6 − 1.8t| on [0, .5] and |.2 + .8t − (.8 + .2t)| on [.5, 1].
    const expected = (0.6 * (1 / 3)) / 2 + (0.3 * (0.5 - 1 / 3)) / 2 + (0.3 * 0.5) / 2;
    expect(areaBetween(a, b)).toBeCloseTo(expected, 12);
    expect(areaBetween(a, a)).toBe(0);
  });

  it('is at least the difference of the areas under the curves, and 0 of equal groups', () => {
    const rows = scored(800, 3), [one, other] = rocCurves(rows);
    const under = ({ fpr, tpr }: NonNullable<typeof one>): number => fpr.reduce((sum, x, i) => (i === 0 ? 0 : sum + ((x - fpr[i - 1]!) * (tpr[i]! + tpr[i - 1]!)) / 2), 0);
    expect(areaBetween(one!, other!)).toBeGreaterThanOrEqual(Math.abs(under(one!) - under(other!)) - 1e-12);
  });

  it('holds 0 at parity and leaves it where curves differ', () => {
    let covered = 0;
    for (let t = 0; t < 40; t++) {
      const gap = abroca(scored(300, 100 + t), randomStream(t, 'abroca'), 0)!;
      if (gap.ends.near(criticalValue(gap.null, 0.95)) === 0) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(35);
    const random = randomStream(5, 'noise'), rows = scored(4000, 5), noisy = rows.scores.map((score, row) => (rows.codes[row] === 0 ? score : random.uniform()));
    const apart = abroca({ ...rows, scores: noisy, ranked: rankRows(noisy, rows.labels) }, randomStream(1, 'apart'), 0)!;
    expect(apart.value).toBeGreaterThan(0.15);
    expect(apart.ends.near(2)).toBeGreaterThan(0.1);
    expect(apart.p).toBeLessThan(0.01);
  });
});

describe('calibration error', () => {
  const noise = calibrationNoise(randomStream(1, 'noise'));
  const of = (rows: ScoredRows) => calibrationBins({ codes: new Int32Array(rows.codes.length), groups: 1, scores: rows.scores, labels: rows.labels, design: null }).map(calibrationError)[0]!;

  it('of a perfectly calibrated score is all noise: its interval holds 0, a plug-in one does not', () => {
    let holds = 0, value = 0, floor = 0;
    for (let t = 0; t < 300; t++) {
      const error = of(scored(100, 1000 + t)), [low] = calibrationInterval(error, noise, 0.95);
      if (low === 0) holds++;
      value += error.value / 300;
      floor += error.whenCalibrated / 300;
    }
    expect(holds / 300).toBeGreaterThan(0.93);
    expect(value).toBeGreaterThan(0.05);
    expect(value / floor).toBeCloseTo(1, 1);
  });

  it('of a shifted score is covered, and above 0', () => {
    let covered = 0;
    const rows = (t: number): ScoredRows => ({ ...scored(1500, 5000 + t), codes: new Int32Array(1500) });
    for (let t = 0; t < 150; t++) {
      const plain = rows(t), scores = plain.scores.map((score) => Math.min(1, score * 0.8));
      // Given the shifted scores s, the labels' chances are 1.25 s.
      const bins = new Map<number, number>();
      scores.forEach((score, row) => { const bin = Math.min(9, Math.floor(score * 10)); bins.set(bin, (bins.get(bin) ?? 0) + plain.scores[row]! - score); });
      const truth = [...bins.values()].reduce((sum, each) => sum + Math.abs(each), 0) / 1500;
      const [low, high] = calibrationInterval(of({ ...plain, scores }), noise, 0.95);
      if (low <= truth && truth <= high) covered++;
      expect(low).toBeGreaterThan(0);
    }
    expect(covered / 150).toBeGreaterThan(0.92);
  });
});

describe('curves of the audit', () => {
  const rows = scored(1200, 8, 1), decision = Uint8Array.from(rows.scores, (score) => Number(score >= 0.5));
  const result = auditFairness(fromRows({ groupings: [{ attribute: 'g', levels: ['a', 'b'], codes: rows.codes }], labels: rows.labels, scores: rows.scores, decisions: { source: 'score', description: '≥ .5', decision } }));

  it('gaps at the decision\'s threshold are those of the decisions', () => {
    for (const curve of result.thresholds!) {
      const gap = result.disparities.find(({ metric }) => metric === curve.metric)!;
      expect(curve.values[curve.thresholds.findIndex((t) => Math.abs(t - 0.5) < 1e-9)]).toBeCloseTo(gap.value!, 12);
    }
    expect(result.thresholds!.map(({ metric }) => metric)).toContain('equalized_odds_difference');
    expect(result.thresholds![0]!.intervals[24]![0]).toBeLessThanOrEqual(result.disparities.find(({ metric }) => metric === 'demographic_parity_difference')!.interval![0] + 0.01);
  });

  it('reliability adds up to the calibration error', () => {
    for (const { group, points } of result.calibration!) {
      const n = points.reduce((sum, point) => sum + point.n, 0);
      const error = points.reduce((sum, point) => sum + (point.n / n) * Math.abs(point.rate - point.mean_score), 0);
      expect(error).toBeCloseTo(result.groups.find((row) => row.group === group && row.metric === 'expected_calibration_error')!.value!, 12);
    }
  });

  it('contrasts name the reference and the rest, the same for two groups', () => {
    const of = (against: string) => result.contrasts!.find((row) => row.group === 'b' && row.metric === 'base_rate' && row.against === against)!;
    expect({ ...of('rest'), against: 'reference', other: 'a' }).toEqual(of('reference'));
    const { difference, ratio, difference_interval, ratio_interval } = of('rest');
    expect(difference_interval![0] < difference! && difference! < difference_interval![1]).toBe(true);
    expect(ratio_interval![0] < ratio! && ratio! < ratio_interval![1]!).toBe(true);
  });
});

describe('shrinkTowardsPooled', () => {
  it('leaves large groups, moves small ones, and pools what chance explains', () => {
    const far = shrinkTowardsPooled([5000, 1000, 3], [10_000, 10_000, 4])!;
    expect(far[0]).toBeCloseTo(0.5, 2);
    expect(Math.abs(far[2]! - 0.3)).toBeLessThan(0.45 - 0.1);
    expect(shrinkTowardsPooled([10, 11], [100, 110])).toEqual([0.1, 0.1]);
    expect(shrinkTowardsPooled([0], [0])).toBeNull();
  });
});
