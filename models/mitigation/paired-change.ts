import type { RandomStream } from '../engine/random.ts';
import type { Interval } from '../fairness/types.ts';
import { tTailQuantile } from '../stats/student.ts';
import type { Contrast, PairedFamily } from './paired-family.ts';
import { designMoments, pairedMoments, type PairedDesign, type PairedMoments } from './paired-moments.ts';

export interface PairedChange {
  /** Null when fewer units than the quantity needs reach the minimum. */
  readonly before: number | null;
  readonly after: number | null;
  readonly change: number | null;
  /** Null when there is no contrast, or too few clusters to tell. */
  readonly interval: Interval | null;
  readonly note: string | null;
}

export interface ChangeOptions {
  readonly level: number;
  /** Units with fewer rows count in the interval, not in the values. */
  readonly minimum: number;
  readonly design: PairedDesign | null;
  readonly random: RandomStream;
}

const DRAWS = 2_000;
/** Beyond this many contrasts Bonferroni's critical value is taken: draws for each pair of contrasts would cost seconds. */
const MAXIMUM_DRAWN = 100;
const FEWEST_CLUSTERS = 8;

/**
 * Change of a largest contrast G = max_p d_p from before to after. With L_pq = d_p(after) − d_q(before) the change is
 * max_p min_q L_pq, so its interval is [max_p min_q (L̂ − c₁·se), max_p min_q (L̂ + c₂·se)]. For the true q* of before the change is
 * max_p L_pq*, hence the lower end is too high only if some L̂_pq* is off by more than c₁·se: c₁ covers max_p of one q, the worst q is
 * taken, and the minimum over q needs no correction. The upper end alike with the true p* of after.
 */
export function pairedChange(family: PairedFamily, { level, minimum, design, random }: ChangeOptions): PairedChange {
  const plain = pairedMoments(family), moments = design === null ? plain : designMoments(family, design), { contrasts, oneMinus } = family;
  if (contrasts.length === 0) return { before: null, after: null, change: null, interval: null, note: 'no two groups to compare among the test rows' };
  const shown = contrasts.filter(({ plus, minus }) => plain.rows[plus]! >= minimum && (minus < 0 || plain.rows[minus]! >= minimum));
  const values = shown.length === 0 ? null : [0, moments.units].map((offset) => largest(shown, moments.share, offset)).map((value) => (oneMinus ? 1 - value : value));
  const change = values === null ? null : values[1]! - values[0]!;
  const point = { before: values?.[0] ?? null, after: values?.[1] ?? null, change };
  const note = hiddenNote(contrasts, shown, minimum);
  if (moments.degrees !== null && moments.degrees + 1 < FEWEST_CLUSTERS) return { ...point, interval: null, note: `${moments.degrees + 1} clusters among the test rows, fewer than ${FEWEST_CLUSTERS}: too few to tell` };
  const ends = changeInterval(contrasts, [moments, plain], level, random), [low, high] = oneMinus ? [-ends[1], -ends[0]] : ends;
  // Small groups count in the interval only, and smoothing moves its centre: the value shown stays inside.
  return { ...point, interval: [Math.max(-1, Math.min(low, change ?? low)), Math.min(1, Math.max(high, change ?? high))], note };
}

function hiddenNote(contrasts: readonly Contrast[], shown: readonly Contrast[], minimum: number): string | null {
  if (shown.length === 0) return `fewer than ${minimum} test rows in the groups compared: values are hidden`;
  const unitsOf = (all: readonly Contrast[]): number => new Set(all.map(({ plus }) => plus)).size, small = unitsOf(contrasts) - unitsOf(shown);
  return small === 0 ? null : `${small} rate${small === 1 ? '' : 's'} of fewer than ${minimum} test rows count${small === 1 ? 's' : ''} in the interval only`;
}

function largest(contrasts: readonly Contrast[], share: Float64Array, offset: number): number {
  return contrasts.reduce((most, contrast) => Math.max(most, valueOf(contrast, share, offset)), -Infinity);
}

function valueOf({ plus, minus }: Contrast, share: Float64Array, offset: number): number {
  return share[offset + plus]! - (minus < 0 ? 0 : share[offset + minus]!);
}

type Moments = readonly [PairedMoments, PairedMoments];

function changeInterval(contrasts: readonly Contrast[], moments: Moments, level: number, random: RandomStream): Interval {
  const { centre, units } = moments[0], { lower, upper } = criticalValues(contrasts, moments, level, random);
  let low = -Infinity, high = -Infinity;
  for (const p of contrasts) {
    const after = valueOf(p, centre, units);
    let lowest = Infinity, highest = Infinity;
    for (const q of contrasts) {
      const difference = after - valueOf(q, centre, 0), error = Math.sqrt(changeVariance(p, q, moments));
      lowest = Math.min(lowest, difference - lower * error);
      highest = Math.min(highest, difference + upper * error);
    }
    low = Math.max(low, lowest);
    high = Math.max(high, highest);
  }
  return [low, high];
}

/** Variance of d_p(after) − d_q(before): of the design, but not below that of independent rows. */
function changeVariance(p: Contrast, q: Contrast, [own, plain]: Moments): number {
  const variance = quadratic(p, q, own);
  return own === plain ? variance : Math.max(variance, quadratic(p, q, plain));
}

function quadratic(p: Contrast, q: Contrast, { covariance, units }: PairedMoments): number {
  const entries = [units + p.plus, p.minus < 0 ? -1 : units + p.minus, q.minus < 0 ? -1 : q.minus, q.plus];
  let sum = 0;
  for (let a = 0; a < 4; a++) {
    for (let b = 0; b < 4; b++) {
      // after plus and before minus count positively, after minus and before plus negatively.
      if (entries[a]! >= 0 && entries[b]! >= 0) sum += (a % 2 === b % 2 ? 1 : -1) * covariance[entries[a]! * 2 * units + entries[b]!]!;
    }
  }
  return Math.max(sum, 1e-18);
}

interface CriticalValues { readonly lower: number; readonly upper: number }

/** Drawn where rows are independent and contrasts few, else Bonferroni's. */
function criticalValues(contrasts: readonly Contrast[], moments: Moments, level: number, random: RandomStream): CriticalValues {
  const bonferroni = tTailQuantile((1 - level) / 2 / contrasts.length, moments[0].degrees);
  if (contrasts.length === 1 || contrasts.length > MAXIMUM_DRAWN || moments[0] !== moments[1]) return { lower: bonferroni, upper: bonferroni };
  const drawn = drawnCriticalValues(contrasts, moments, level, random);
  return { lower: Math.min(drawn.lower, bonferroni), upper: Math.min(drawn.upper, bonferroni) };
}

/** Normal draws of all units, before and after together, with their covariances. */
function drawnCriticalValues(contrasts: readonly Contrast[], moments: Moments, level: number, random: RandomStream): CriticalValues {
  const count = contrasts.length, scale = new Float64Array(count * count);
  for (const [i, p] of contrasts.entries()) for (const [j, q] of contrasts.entries()) scale[i * count + j] = 1 / Math.sqrt(changeVariance(p, q, moments));
  const overP = Array.from({ length: count }, () => new Float64Array(DRAWS)), overQ = Array.from({ length: count }, () => new Float64Array(DRAWS));
  const draw = new Float64Array(2 * moments[0].units), mostOverP = new Float64Array(count);
  for (let b = 0; b < DRAWS; b++) {
    drawUnits(draw, moments[0], random);
    const before = contrasts.map((q) => valueOf(q, draw, 0));
    mostOverP.fill(-Infinity);
    for (let i = 0; i < count; i++) {
      const after = valueOf(contrasts[i]!, draw, moments[0].units);
      let most = -Infinity;
      for (let j = 0; j < count; j++) {
        const t = (after - before[j]!) * scale[i * count + j]!;
        if (t > mostOverP[j]!) mostOverP[j] = t;
        if (-t > most) most = -t;
      }
      overQ[i]![b] = most;
    }
    for (let j = 0; j < count; j++) overP[j]![b] = mostOverP[j]!;
  }
  return { lower: worstQuantile(overP, level), upper: worstQuantile(overQ, level) };
}

/** Units are independent of each other; within one, before and after are drawn together. */
function drawUnits(draw: Float64Array, { covariance, units }: PairedMoments, random: RandomStream): void {
  for (let u = 0; u < units; u++) {
    const width = 2 * units, v = covariance[u * width + u]!, w = covariance[(units + u) * width + units + u]!, shared = covariance[u * width + units + u]!;
    const x = random.normal(), y = random.normal();
    draw[u] = Math.sqrt(v) * x;
    draw[units + u] = (shared / Math.sqrt(v)) * x + Math.sqrt(Math.max(0, w - (shared * shared) / v)) * y;
  }
}

/** The largest of the (1 + level)/2 quantiles. */
function worstQuantile(draws: readonly Float64Array[], level: number): number {
  const rank = Math.min(DRAWS - 1, Math.ceil(((1 + level) / 2) * (DRAWS + 1)) - 1);
  return draws.reduce((worst, own) => Math.max(worst, own.sort()[rank]!), 0);
}
