import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { assessGap } from '../../../models/fairness/assess.ts';
import { aurocEstimates } from '../../../models/fairness/auroc-by-group.ts';
import { estimateDifferenceEnds, estimateRatioEnds, plainLimits, type Estimates } from '../../../models/fairness/estimate-gap.ts';
import { criticalValue } from '../../../models/fairness/max-t-distribution.ts';
import { drawNormalMaxT } from '../../../models/fairness/max-t.ts';
import { auroc } from '../../../models/stats/delong.ts';

function estimates(value: readonly number[], variance: readonly number[]): Estimates {
  const v = Float64Array.from(value), s = Float64Array.from(variance);
  return { value: v, variance: s, groups: Int32Array.from(value.keys()), limits: plainLimits(v, s, [-Infinity, Infinity]), most: Infinity };
}

describe('estimateDifferenceEnds', () => {
  it('with symmetric limits is the usual interval and test', () => {
    const ends = estimateDifferenceEnds(estimates([0.5, 0.2], [0.001, 0.002]), 0.1), se = Math.sqrt(0.003);
    expect(ends.near(2)).toBeCloseTo(0.3 - 2 * se, 12);
    expect(ends.far(2)).toBeCloseTo(0.3 + 2 * se, 12);
    expect(ends.beyond).toBeCloseTo((0.3 - 0.1) / se, 6);
    expect(ends.within).toBeCloseTo(-ends.beyond, 12);
    const inside = estimateDifferenceEnds(estimates([0.5, 0.45], [0.001, 0.002]), 0.1);
    expect(inside.within).toBeCloseTo((0.1 - 0.05) / se, 6);
  });

  it('compares with one group alone when asked', () => {
    const three = estimates([0.9, 0.1, 0.5], [0.001, 0.001, 0.001]);
    expect(estimateDifferenceEnds(three, 0).near(0)).toBeCloseTo(0.8, 12);
    expect(estimateDifferenceEnds(three, 0, 2).near(0)).toBeCloseTo(0.4, 12);
  });
});

describe('estimateRatioEnds', () => {
  it('is the interval of the log ratio', () => {
    const ends = estimateRatioEnds(estimates([0.5, 0.2], [0.001, 0.0004]), 0.8), se = Math.sqrt(0.001 / 0.25 + 0.0004 / 0.04);
    expect(ends.far(1.96)).toBeCloseTo(0.4 * Math.exp(-1.96 * se), 12);
    expect(ends.near(1.96)).toBeCloseTo(0.4 * Math.exp(1.96 * se), 12);
    expect(ends.beyond).toBeCloseTo(Math.log(0.8 / 0.4) / se, 12);
  });
});

describe('gaps of AUROC', () => {
  /** Normal scores, positives shifted; groups of these sizes. */
  function areas(t: number, sizes: readonly (readonly [number, number])[], shift: number) {
    const random = randomStream(31, 'auroc', t);
    return aurocEstimates(sizes.map(([positives, negatives]) => {
      const rows = Array.from({ length: positives + negatives }, (_, i) => ({ label: Number(i < positives), score: random.normal() + (i < positives ? shift : 0) }));
      rows.sort((a, b) => a.score - b.score);
      return auroc(rows.map(({ score }) => score), rows.map(({ label }) => label));
    }));
  }

  it.each([0.7, 2.2])('cover parity of three unequal groups, shift %f', (shift) => {
    let covered = 0;
    for (let t = 0; t < 250; t++) {
      const drawn = areas(t, [[60, 90], [15, 30], [30, 20]], shift);
      const critical = criticalValue(drawNormalMaxT(drawn.variance, randomStream(32, 'draws', t), null, 300), 0.95);
      if (estimateDifferenceEnds(drawn, 0.05).near(critical) <= 0) covered++;
    }
    expect(covered / 250).toBeGreaterThan(0.9);
  });

  it('stay within [0, 1] and defined where the classes separate', () => {
    const perfect = aurocEstimates([auroc([1, 2, 3, 4], [0, 0, 1, 1]), auroc([1, 2, 3, 4], [0, 1, 0, 1])]);
    const answer = assessGap({ ends: estimateDifferenceEnds(perfect, 0.05), null: drawNormalMaxT(perfect.variance, randomStream(1, 'x')), level: 0.95, scale: 'difference', rows: 8, complete: true, tested: true });
    expect(answer.interval[0]).toBeGreaterThanOrEqual(0);
    expect(answer.interval[1]).toBeLessThanOrEqual(1);
    expect(answer.verdict).toBe('undecided');
  });
});
