import { beforeAll, describe, expect, it } from 'vitest';
import { mixtureLogDensity } from '../../../models/latent/mixture.ts';
import { selectMixture } from '../../../models/latent/select-mixture.ts';
import { componentWeights } from '../../../models/resample/component-weights.ts';
import { jointWeights } from '../../../models/resample/joint-weights.ts';
import { largestTau } from '../../../models/resample/largest-tau.ts';
import type { RuleInput } from '../../../models/resample/rule.ts';
import { effectiveSampleSize, median, normalisedWeights } from '../../../models/resample/weights.ts';
import type { Points } from '../../../models/latent/points.ts';
import { plantedClusters, plantedIntersection } from '../latent/planted-clusters.ts';
import { liftOf } from './lift-of.ts';

const ROWS = 6000;
const isRare = (cluster: number): boolean => cluster === 3;

function planted(dimensions: number): { readonly input: RuleInput; readonly cluster: Int32Array } {
  const { z, cluster } = plantedIntersection(ROWS, dimensions, 7), { mixture } = selectMixture(z, { seed: 0, most: 5 });
  return { cluster, input: { z, mixture, logDensity: mixtureLogDensity(mixture, z), flagged: new Uint8Array(ROWS), alpha: 0.001, essFloor: 0.5 } };
}

/** The best that two-valued weights can do at the floor: the rare cluster against the rest, labels known. */
function oracleLift(cluster: Int32Array): number {
  const rare = Float64Array.from(cluster, (k) => (isRare(k) ? Math.log(100) : 0));
  return 100 ** largestTau((tau) => normalisedWeights(rare.map((value) => tau * value)), 0.5);
}

/** ln of the leave-one-out kernel density with Scott's bandwidth for unit variance, up to a constant. */
function kernelLogDensity({ values, rows, dimensions: d }: Points): Float64Array {
  const scale = -0.5 / rows ** (-2 / (d + 4));
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < rows; k++) {
      let square = 0;
      for (let j = 0; j < d; j++) square += (values[i * d + j]! - values[k * d + j]!) ** 2;
      if (k !== i) sum += Math.exp(scale * square);
    }
    return Math.log(Math.max(sum, Number.MIN_VALUE));
  });
}

// Published beside the rules: 5.8, 4.5 and 4.6.
it.each([[2, 5.8], [8, 4.5], [16, 4.6]])('joint on a kernel density lifts a rare cluster of 2 %% on %i dimensions by about %f', (d, published) => {
  const { z, cluster } = plantedClusters({ rows: 2000, dimensions: d, seed: 7, shares: [0.98, 0.02], centres: [[-2, -2], [2, 2]], spread: 0.5 });
  const { weights } = jointWeights({ z, logDensity: kernelLogDensity(z), mixture: null, flagged: new Uint8Array(2000), alpha: 0.001, essFloor: 0.5 });
  expect(liftOf(weights, cluster, (k) => k === 1)).toBeGreaterThan(0.65 * published);
  expect(liftOf(weights, cluster, (k) => k === 1)).toBeLessThan(1.5 * published);
});

describe('rules on a planted 2 % intersection, effective sample size one half', () => {
  const cases = new Map<number, ReturnType<typeof planted>>();
  beforeAll(() => {
    for (const d of [2, 8, 16]) cases.set(d, planted(d));
  });

  it.each([2, 8, 16])('component comes near the oracle on %i dimensions, joint less so', (d) => {
    const { input, cluster } = cases.get(d)!, [joint, component] = [jointWeights(input).weights, componentWeights(input).weights];
    for (const weights of [joint, component]) {
      expect(effectiveSampleSize(weights) / ROWS).toBeGreaterThanOrEqual(0.5);
      expect(effectiveSampleSize(weights) / ROWS).toBeLessThan(0.505);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(ROWS, 6);
    }
    const oracle = oracleLift(cluster);
    expect(oracle).toBeGreaterThan(9);
    expect(oracle).toBeLessThan(10.2);
    expect(liftOf(component, cluster, isRare)).toBeGreaterThan(7.5);
    expect(liftOf(component, cluster, isRare)).toBeLessThan(oracle + 0.1);
    // Within a normal cluster ln q varies by d/2 whatever its size, which uses up the effective sample size as d grows.
    expect(liftOf(joint, cluster, isRare)).toBeGreaterThan(1.3);
    expect(liftOf(joint, cluster, isRare)).toBeLessThan(liftOf(component, cluster, isRare));
  });

  it('joint does nothing at d = 8 when α is in density units: the median makes it a share', () => {
    const { input, cluster } = cases.get(8)!, inDensityUnits = { ...input, alpha: 0.001 / Math.exp(median(input.logDensity)) };
    expect(liftOf(jointWeights(inDensityUnits).weights, cluster, isRare)).toBeLessThan(1.05);
  });

  it('joint does not depend on the units of the density', () => {
    const { input } = cases.get(2)!, before = jointWeights(input), after = jointWeights({ ...input, logDensity: input.logDensity.map((value) => value + 700) });
    expect(after.tau).toBeCloseTo(before.tau!, 6);
    for (const row of [0, 99, ROWS - 1]) expect(after.weights[row]! / before.weights[row]!).toBeCloseTo(1, 6);
  });

  it('joint weighs a thinner row more, and is even when density is', () => {
    const { input } = cases.get(2)!, { weights } = jointWeights(input);
    const order = Array.from(weights, (_, row) => row).sort((a, b) => input.logDensity[a]! - input.logDensity[b]!);
    for (let i = 1; i < ROWS; i++) expect(weights[order[i]!]).toBeLessThanOrEqual(weights[order[i - 1]!]! + 1e-12);
    expect(jointWeights({ ...input, logDensity: new Float64Array(ROWS) })).toMatchObject({ tau: 1, lowered: 0 });
    for (const weight of jointWeights({ ...input, logDensity: new Float64Array(ROWS) }).weights) expect(weight).toBeCloseTo(1, 9);
  });

  it('joint survives densities far apart, and α = 0', () => {
    const { input } = cases.get(2)!, logDensity = input.logDensity.map((_, row) => (row === 0 ? -5000 : row === 1 ? 5000 : 0));
    for (const alpha of [0, 0.001]) {
      const { weights } = jointWeights({ ...input, logDensity, alpha });
      expect(weights.every(Number.isFinite)).toBe(true);
      expect(weights[0]).toBeGreaterThan(weights[2]!);
      expect(weights[1]).toBeLessThan(weights[2]!);
    }
  });

  it('component makes all components weigh the same when the floor allows', () => {
    const { input, cluster } = cases.get(2)!, { weights, tau } = componentWeights({ ...input, essFloor: 0 });
    expect(tau).toBe(1);
    for (const k of [0, 1, 2, 3]) {
      const share = weights.reduce((sum, weight, row) => sum + (cluster[row] === k ? weight : 0), 0) / ROWS;
      expect(share).toBeGreaterThan(0.23);
      expect(share).toBeLessThan(0.27);
    }
  });

  it('component loses effective sample size steadily as τ grows', () => {
    const { input } = cases.get(2)!, floors = [0.99, 0.9, 0.7, 0.5, 0.3].map((essFloor) => componentWeights({ ...input, essFloor }).tau!);
    expect(floors).toEqual([...floors].sort((a, b) => a - b));
    expect(() => componentWeights({ ...input, mixture: null })).toThrow(RangeError);
  });

  it.each([['joint', jointWeights], ['component', componentWeights]] as const)('%s holds junk at the median weight once it is flagged', (_name, rule) => {
    const { input, cluster } = cases.get(2)!, flagged = Uint8Array.from(cluster, (k) => Number(isRare(k)));
    expect(liftOf(rule(input).weights, cluster, isRare)).toBeGreaterThan(3);
    const { weights, lowered } = rule({ ...input, flagged });
    expect(lowered).toBeGreaterThan(0.9 * flagged.reduce((sum, flag) => sum + flag, 0));
    expect(liftOf(weights, cluster, isRare)).toBeLessThan(1.2);
    expect(effectiveSampleSize(weights) / ROWS).toBeGreaterThanOrEqual(0.5);
  });

  it('does not depend on the order of the rows', () => {
    const { input } = cases.get(2)!, reversed = new Float64Array(input.z.values.length);
    for (let row = 0; row < ROWS; row++) reversed.set(input.z.values.subarray(2 * row, 2 * row + 2), 2 * (ROWS - 1 - row));
    const turned = { ...input, z: { ...input.z, values: reversed }, logDensity: input.logDensity.toReversed() };
    for (const rule of [jointWeights, componentWeights]) {
      const before = rule(input).weights, after = rule(turned).weights;
      for (const row of [0, 1234, ROWS - 1]) expect(after[ROWS - 1 - row]).toBeCloseTo(before[row]!, 6);
    }
  });
});
