import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { confidenceSequence, extendSequence, NEW_SEQUENCE, rhoFor } from '../../../models/nights/confidence-sequence.ts';
import { familyAlarms } from '../../../models/nights/family-alarms.ts';
import { NEW_ONLINE, stepLord, stepSaffron, type OnlineState, type OnlineStep } from '../../../models/nights/online-fdr.ts';
import { poolEstimates, rateGap, removalShift } from '../../../models/nights/rate-gap.ts';

describe('alarms of a family', () => {
  const log = (values: readonly number[]): number[] => values.map(Math.log);

  it('asks Q/α of each', () => {
    expect(familyAlarms(log([999, 1000.001, 1, ...Array.from({ length: 47 }, () => 1)]), 0.05)).toEqual([1]);
    expect(familyAlarms(log([20]), 0.05)).toEqual([0]);
    expect(familyAlarms([], 0.05)).toEqual([]);
  });

  it('e-BH lets several help each other, as brute force over k says', () => {
    const values = [90, 1, 60, 45, 2, 80];
    expect(familyAlarms(log(values), 0.1, 'bonferroni')).toEqual([0, 2, 5]);
    expect(familyAlarms(log(values), 0.1, 'e-bh')).toEqual([0, 2, 3, 5]);
    const random = randomStream(1, 'e-bh');
    for (let trial = 0; trial < 200; trial++) {
      const e = Array.from({ length: 12 }, () => Math.exp(3 * random.normal() + 2)), sorted = [...e].sort((a, b) => b - a);
      const k = sorted.reduce((best, value, i) => (value >= 12 / (0.1 * (i + 1)) ? i + 1 : best), 0);
      expect(familyAlarms(log(e), 0.1, 'e-bh').map((i) => e[i]!).sort((a, b) => b - a)).toEqual(sorted.slice(0, k));
    }
  });
});

describe('confidence sequences', () => {
  it('have the closed form', () => {
    const state = [0.1, 0.2].reduce((sequence, value) => extendSequence(sequence, { value, se: 0.1 }), NEW_SEQUENCE);
    const made = confidenceSequence(state, 0.05, 100)!;
    expect(made.value).toBeCloseTo(0.15, 12);
    expect(made.interval[1] - made.value).toBeCloseTo(Math.sqrt((300 / 200 ** 2) * Math.log(300 / (100 * 0.0025))), 12);
    expect(confidenceSequence(NEW_SEQUENCE, 0.05, 100)).toBeNull();
  });

  it('hold the gap on all nights at once', () => {
    const random = randomStream(5, 'sequence'), se = 0.02, truth = 0.07, rho = rhoFor(30 / se ** 2, 0.05);
    let missed = 0;
    for (let path = 0; path < 600; path++) {
      let state = NEW_SEQUENCE, out = false;
      for (let night = 0; night < 150; night++) {
        state = extendSequence(state, { value: truth + se * random.normal(), se });
        const [low, high] = confidenceSequence(state, 0.05, rho)!.interval;
        out ||= truth < low || truth > high;
      }
      missed += out ? 1 : 0;
    }
    expect(missed / 600).toBeLessThanOrEqual(0.05);
    // A fixed interval looked at each night would miss in more than a third of the years; this one is no wider than needed either.
    expect(missed / 600).toBeGreaterThan(0.002);
  });

  it('are tightest at the information they are made for', () => {
    const at = (rho: number): number => confidenceSequence({ information: 1000, weighted: 0 }, 0.05, rho)!.interval[1], best = rhoFor(1000, 0.05);
    expect(at(best)).toBeLessThan(at(best * 1.5));
    expect(at(best)).toBeLessThan(at(best / 1.5));
  });
});

/** Levels by the formulas as printed, from the whole past each time. */
function lordLevel(ps: readonly number[], alpha: number, t: number): number {
  const gamma = (j: number): number => (0.07720838 * Math.log(Math.max(j, 2))) / (j * Math.exp(Math.sqrt(Math.log(j))));
  const taus: number[] = [];
  for (let i = 1; i <= t; i++) {
    const level = (alpha / 2) * gamma(i) + taus.reduce((sum, tau, k) => sum + (k === 0 ? alpha - alpha / 2 : alpha) * gamma(i - tau), 0);
    if (i === t) return level;
    if (ps[i - 1]! <= level) taus.push(i);
  }
  return Number.NaN;
}

function saffronLevels(ps: readonly number[], alpha: number): number[] {
  const gamma = (j: number): number => 0.4374901658 / j ** 1.6, levels: number[] = [], taus: number[] = [];
  for (let t = 1; t <= ps.length; t++) {
    const candidatesAfter = (tau: number): number => ps.slice(tau, t - 1).filter((p) => p <= 0.5).length;
    const sum = (alpha / 2) * gamma(t - candidatesAfter(0)) + taus.reduce((total, tau, k) => total + (k === 0 ? alpha / 2 : alpha) * gamma(t - tau - candidatesAfter(tau)), 0);
    levels.push(Math.min(0.5, 0.5 * sum));
    if (ps[t - 1]! <= levels[t - 1]!) taus.push(t);
  }
  return levels;
}

const levelsOf = (step: (state: OnlineState, p: number, alpha: number) => OnlineStep, ps: readonly number[]): number[] => {
  let state = NEW_ONLINE;
  return ps.map((p) => {
    const made = step(state, p, 0.05);
    state = made.state;
    return made.level;
  });
};

describe('online false discovery rate', () => {
  const random = randomStream(9, 'online'), ps = Array.from({ length: 300 }, (_, i) => (i % 7 === 0 ? random.uniform() ** 12 : random.uniform()));

  it('LORD++ spends as its formula says', () => {
    const levels = levelsOf(stepLord, ps);
    for (let t = 1; t <= ps.length; t += 13) expect(levels[t - 1]).toBeCloseTo(lordLevel(ps, 0.05, t), 12);
  });

  it('SAFFRON spends as its formula says', () => {
    const brute = saffronLevels(ps, 0.05);
    levelsOf(stepSaffron, ps).forEach((level, i) => expect(level).toBeCloseTo(brute[i]!, 12));
  });

  it('both keep the share of false alarms of a stream of new hypotheses, and find what is there', () => {
    for (const step of [stepLord, stepSaffron]) {
      let share = 0, found = 0;
      for (let repeat = 0; repeat < 200; repeat++) {
        const stream = randomStream(repeat, 'stream');
        let state = NEW_ONLINE, falseOnes = 0, all = 0;
        for (let i = 0; i < 200; i++) {
          const real = stream.uniform() < 0.3, made = step(state, real ? stream.uniform() * 1e-5 : stream.uniform(), 0.1);
          state = made.state;
          all += made.rejected ? 1 : 0;
          falseOnes += made.rejected && !real ? 1 : 0;
        }
        share += falseOnes / Math.max(1, all) / 200;
        found += (all - falseOnes) / 200;
      }
      expect(share).toBeLessThanOrEqual(0.1);
      expect(found).toBeGreaterThan(50);
    }
  });
});

describe('estimates of a night', () => {
  it('are smoothed differences of rates with their error', () => {
    const gap = rateGap({ events: 30, trials: 100 }, { events: 0, trials: 50 })!;
    expect(gap.value).toBeCloseTo(31 / 102 - 1 / 52, 12);
    expect(gap.se).toBeCloseTo(Math.sqrt((31 / 102) * (71 / 102) / 102 + (1 / 52) * (51 / 52) / 52), 12);
    expect(rateGap({ events: 0, trials: 0 }, { events: 1, trials: 2 })).toBeNull();
  });

  it('pool by precision', () => {
    expect(poolEstimates([{ value: 0.1, se: 0.1 }, { value: 0.3, se: 0.1 }])).toEqual({ value: expect.closeTo(0.2, 12), se: expect.closeTo(0.1 / Math.SQRT2, 12) });
    expect(poolEstimates([])).toBeNull();
  });

  it('take a blind removal for what it is: the shift has the error that drawing without replacement gives', () => {
    const random = randomStream(4, 'removal'), n = 400, events = 120, removed = 150;
    const zs = Array.from({ length: 1500 }, () => {
      const rows: number[] = Array.from({ length: n }, (_, i) => (i < events ? 1 : 0));
      let taken = 0;
      for (let i = 0; i < removed; i++) {
        const j = i + random.integer(n - i);
        [rows[i], rows[j]] = [rows[j]!, rows[i]!];
        taken += rows[i]!;
      }
      const shift = removalShift({ before: { events, trials: n }, removed: { events: taken, trials: removed } }, { before: { events: 100, trials: 500 }, removed: { events: 0, trials: 0 } })!;
      return shift.value / shift.se;
    });
    const mean = zs.reduce((a, b) => a + b, 0) / zs.length, variance = zs.reduce((sum, z) => sum + (z - mean) ** 2, 0) / zs.length;
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(Math.abs(variance - 1)).toBeLessThan(0.15);
    expect(removalShift({ before: { events: 1, trials: 5 }, removed: { events: 1, trials: 5 } }, { before: { events: 1, trials: 5 }, removed: { events: 0, trials: 0 } })).toBeNull();
  });
});
