import type { RandomStream } from '../engine/random.ts';
import { drawDependentMaxT, pairVariance } from './design-max-t.ts';
import type { Dependence } from './influence.ts';
import type { MaxT } from './max-t-distribution.ts';
import { drawNormalMaxT } from './max-t.ts';
import type { GapEnds } from './rate-gap.ts';
import type { Interval } from './types.ts';

/** Estimates by group with limits that need not be symmetric. */
export interface Estimates {
  readonly value: Float64Array;
  readonly variance: Float64Array;
  /** Position of each in the grouping's levels. */
  readonly groups: Int32Array;
  /** Limits of estimate i at a critical value. */
  readonly limits: (i: number, critical: number) => Interval;
  /** The largest gap that can be. */
  readonly most: number;
  /** With weights or clusters; absent: independent groups. */
  readonly dependence?: Omit<Dependence, 'variance'>;
}

/** Distribution of the largest studentised error, over all pairs or those with one group alone. */
export function drawEstimatesMaxT({ variance, dependence }: Estimates, random: RandomStream, against: number | null = null): MaxT {
  return dependence === undefined ? drawNormalMaxT(variance, random, against) : drawDependentMaxT({ ...dependence, variance }, random, against);
}

/** A standard error beyond which nothing is looked for. */
const FARTHEST = 40;

/** value ± critical·√variance, cut to a range. */
export function plainLimits(value: Float64Array, variance: Float64Array, range: Interval): Estimates['limits'] {
  return (i, critical) => {
    const half = critical * Math.sqrt(variance[i]!);
    return [Math.max(range[0], value[i]! - half), Math.min(range[1], value[i]! + half)];
  };
}

/** Limits of value_i − value_j recovered from the limits of each (MOVER; Zou and Donner 2008, Statistics in Medicine 27). */
export function differenceLimits({ value, limits, dependence }: Estimates, i: number, j: number, critical: number): Interval {
  const difference = value[i]! - value[j]!, shared = dependence === undefined ? 0 : dependence.correlation[i * value.length + j]!;
  const [lowI, highI] = limits(i, critical), [lowJ, highJ] = limits(j, critical);
  const add = (a: number, b: number): number => Math.sqrt(Math.max(0, a * a + b * b - 2 * shared * a * b));
  return [difference - add(value[i]! - lowI, highJ - value[j]!), difference + add(highI - value[i]!, value[j]! - lowJ)];
}

/** Ordered pairs with value_i ≥ value_j: all, or those with one group alone. */
export function orderedPairs(value: Float64Array, against: number | null): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0; i < value.length; i++) {
    for (let j = 0; j < i; j++) {
      if (against === null || i === against || j === against) pairs.push(value[i]! >= value[j]! ? [i, j] : [j, i]);
    }
  }
  return pairs;
}

/** Where a falling function of the critical value meets a level; 0 when it starts below. */
function meets(end: (critical: number) => number, level: number): number {
  if (end(0) <= level) return 0;
  if (end(FARTHEST) > level) return FARTHEST;
  let low = 0, high = FARTHEST;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (end(middle) > level) low = middle; else high = middle;
  }
  return high;
}

/** The largest difference between two groups' estimates, or (`against`) between one group and another. */
export function estimateDifferenceEnds(estimates: Estimates, tolerance: number, against: number | null = null): GapEnds {
  const pairs = orderedPairs(estimates.value, against);
  const low = (c: number): number => pairs.reduce((most, [i, j]) => Math.max(most, differenceLimits(estimates, i, j, c)[0]), -Infinity);
  const high = (z: number): number => pairs.reduce((most, [i, j]) => Math.max(most, differenceLimits(estimates, i, j, z)[1]), -Infinity);
  const beyond = meets(low, tolerance);
  const within = meets((z) => -high(z), -tolerance);
  return {
    near: (c) => Math.max(0, low(c)),
    far: (z) => Math.min(estimates.most, high(z)),
    beyond: beyond > 0 ? beyond : -within,
    within: beyond > 0 ? -beyond : within,
  };
}

/** The smallest ratio between two groups' estimates, all above 0: normal limits of the logarithm, by the delta method. */
export function estimateRatioEnds({ value, variance, dependence }: Estimates, tolerance: number): GapEnds {
  const logVariance = variance.map((each, g) => each / value[g]! ** 2);
  const pairs = orderedPairs(value, null).map(([i, j]) => ({ logRatio: Math.log(value[j]! / value[i]!), se: Math.sqrt(pairVariance(logVariance, dependence, i, j)) }));
  const least = (shift: number): number => pairs.reduce((lowest, { logRatio, se }) => Math.min(lowest, logRatio + shift * se), Infinity);
  const distance = pairs.reduce((most, { logRatio, se }) => Math.max(most, (Math.log(tolerance) - logRatio) / se), -Infinity);
  return { near: (c) => Math.min(1, Math.exp(least(c))), far: (z) => Math.exp(least(-z)), beyond: distance, within: -distance };
}
