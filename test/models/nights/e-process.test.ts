import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { LAMBDAS, logEvidence, NEW_PROCESS, stepProcess, type EProcess } from '../../../models/nights/e-process.ts';
import { logGapEvidence, newGapProcess, stepGap } from '../../../models/nights/gap-process.ts';
import { nightPrior, priorLeft } from '../../../models/nights/night-prior.ts';

const run = (zs: readonly number[]): EProcess => zs.reduce(stepProcess, NEW_PROCESS);

/** E_t as it is defined: the double sum over when the change began and how large it is. */
function bruteForce(zs: readonly number[]): number {
  const t = zs.length;
  let sum = priorLeft(t);
  for (let j = 1; j <= t; j++) {
    const bets = LAMBDAS.map((lambda) => zs.slice(j - 1).reduce((product, z) => product * Math.exp(lambda * z - lambda ** 2 / 2), 1));
    sum += nightPrior(j) * (bets.reduce((a, b) => a + b, 0) / LAMBDAS.length);
  }
  return sum;
}

describe('prior over the night of a change', () => {
  it('sums to one, with what is left as a closed form', () => {
    let used = 0;
    const worst = Math.max(...Array.from({ length: 2000 }, (_, i) => Math.abs((used += nightPrior(i + 1)) + priorLeft(i + 1) - 1)));
    expect(worst).toBeLessThan(1e-12);
    expect(priorLeft(0)).toBe(1);
  });

  it('spreads the first half evenly over the first year', () => {
    expect(nightPrior(1)).toBe(nightPrior(365));
    expect(nightPrior(1)).toBeCloseTo(1 / 730, 15);
    expect(nightPrior(366)).toBeCloseTo(1 / 6 / 365, 15);
  });
});

describe('e-process', () => {
  it('starts at one', () => {
    expect(logEvidence(NEW_PROCESS)).toBe(0);
  });

  it('is the double sum of its definition, step by step', () => {
    const random = randomStream(3, 'test'), zs = Array.from({ length: 400 }, () => random.normal() + 0.05);
    for (const t of [1, 2, 3, 10, 60, 365, 366, 400]) expect(logEvidence(run(zs.slice(0, t)))).toBeCloseTo(Math.log(bruteForce(zs.slice(0, t))), 9);
  });

  it('has the closed form of one step', () => {
    const z = 1.7, mean = LAMBDAS.reduce((sum, lambda) => sum + Math.exp(lambda * z - lambda ** 2 / 2), 0) / LAMBDAS.length;
    expect(Math.exp(logEvidence(run([z])))).toBeCloseTo(mean / 730 + 1 - 1 / 730, 12);
  });

  it('keeps its numbers where the evidence is beyond what a number holds', () => {
    const far = logEvidence(run(Array.from({ length: 1000 }, () => 5)));
    expect(far).toBeGreaterThan(5000);
    expect(Number.isFinite(far)).toBe(true);
    expect(logEvidence(run(Array.from({ length: 1000 }, () => -50)))).toBeCloseTo(Math.log(priorLeft(1000)), 9);
  });

  it('survives being kept as JSON to the last bit', () => {
    const state = run([0.3, -1.2, 2.4]), kept = JSON.parse(JSON.stringify(state)) as EProcess;
    expect(logEvidence(stepProcess(kept, 0.7))).toBe(logEvidence(stepProcess(state, 0.7)));
    expect(() => stepProcess(state, Number.NaN)).toThrow(RangeError);
  });

  it('is a supermartingale at the boundary: its mean stays at one, and it passes 1/α as rarely as Ville says', () => {
    const random = randomStream(11, 'boundary'), paths = 4000, nights = 20, bar = Math.log(20);
    let sum = 0, passed = 0;
    for (let path = 0; path < paths; path++) {
      let state = NEW_PROCESS, highest = 0;
      for (let night = 0; night < nights; night++) {
        state = stepProcess(state, random.normal());
        highest = Math.max(highest, logEvidence(state));
      }
      sum += Math.exp(Math.min(logEvidence(state), 6));
      passed += highest >= bar ? 1 : 0;
    }
    expect(sum / paths).toBeLessThan(1.03);
    expect(sum / paths).toBeGreaterThan(0.95);
    expect(passed / paths).toBeLessThanOrEqual(0.05);
  });
});

describe('gaps that may grow', () => {
  it('watches the way the baseline settled, both ways where it settled none', () => {
    expect(newGapProcess({ value: 0.2, se: 0.01 }, 2, 0.01)).toMatchObject({ side: 'above', theta0: 0.23, below: null });
    expect(newGapProcess({ value: -0.2, se: 0.01 }, 2, 0.01)).toMatchObject({ side: 'below', theta0: 0.23, above: null });
    expect(newGapProcess({ value: 0.01, se: 0.01 }, 2, 0.01).side).toBe('both');
  });

  it('gathers evidence for growth and none for shrinking, whichever sign the gap has', () => {
    const step = (value: number, nights: readonly number[]): number => logGapEvidence(nights.reduce((process, each) => stepGap(process, { value: each, se: 0.01 }), newGapProcess({ value, se: 0.002 }, 2, 0)));
    const grown = step(0.1, Array.from({ length: 20 }, () => 0.14));
    expect(grown).toBeGreaterThan(Math.log(1000));
    expect(step(-0.1, Array.from({ length: 20 }, () => -0.14))).toBe(grown);
    expect(step(0.1, Array.from({ length: 20 }, () => 0.02))).toBeLessThan(0);
  });

  it('gives either way of an unsettled gap half of the evidence', () => {
    const start = newGapProcess({ value: 0, se: 0.002 }, 2, 0), up = stepGap(start, { value: 0.06, se: 0.01 }), down = stepGap(start, { value: -0.06, se: 0.01 });
    expect(logGapEvidence(up)).toBeCloseTo(logGapEvidence(down), 12);
    expect(Math.exp(logGapEvidence(up))).toBeCloseTo((Math.exp(logEvidence(up.above!)) + Math.exp(logEvidence(up.below!))) / 2, 9);
  });
});
