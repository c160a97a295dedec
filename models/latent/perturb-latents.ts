import type { Encoder } from '../encode/types.ts';
import { benjaminiHochberg } from '../stats/adjust.ts';
import { wilson } from '../stats/wilson.ts';
import type { Grouping } from '../table.ts';
import { type EffectTest, effectTest } from './effect-test.ts';
import { nameLatent } from './name-latent.ts';
import { type ObservedRows, observedDifference } from './observed-difference.ts';
import type { LatentEffect, LatentGroupEffect, PerturbationSummary } from './perturb-types.ts';

/** A logistic model on encoded features, with the score at which it accepts. */
export interface PushedModel {
  readonly weights: readonly number[];
  readonly intercept: number;
  /** A row is accepted when its score is at least this. */
  readonly threshold: number;
}

export interface PerturbInput {
  /** [m, units] latent means of the sampled rows. */
  readonly mu: Float32Array;
  readonly units: number;
  readonly active: readonly number[];
  /** [units] standard deviation of μ over all rows. */
  readonly sigma: ArrayLike<number>;
  /** [units] mean of μ over all rows; 0 when absent. */
  readonly centre?: ArrayLike<number>;
  /** Real rows that the effects are held against; without them no effect is called negligible. */
  readonly observed?: ObservedRows;
  readonly encoder: Encoder;
  /** [m, units] → [m, width] decoder means. */
  readonly decode: (z: Float32Array) => Promise<Float32Array>;
  /** null: latents are named, and no effect is measured. */
  readonly model: PushedModel | null;
  /** Of the sampled rows. */
  readonly groupings: readonly Grouping[];
  readonly tolerance: number;
  readonly level: number;
  readonly report?: (fraction: number) => void;
}

/** δ in standard deviations of μ. */
export const STEP = 1;

/** 1/(1 + e^{−(b + w·x)}) of every row, [m]. x: [m, width] */
export function logisticScores({ weights, intercept }: PushedModel, x: Float32Array, width: number): Float64Array {
  return Float64Array.from({ length: x.length / width }, (_, row) => {
    let sum = intercept;
    for (let j = 0; j < width; j++) sum += weights[j]! * x[row * width + j]!;
    return 1 / (1 + Math.exp(-sum));
  });
}

function shifted(mu: Float32Array, units: number, unit: number, by: number): Float32Array {
  const z = mu.slice();
  for (let at = unit; at < z.length; at += units) z[at]! += by;
  return z;
}

/** Per row: the change between both ends, the mean change from the middle, and whether a decision flips at either end. */
interface Changes {
  readonly between: Float64Array;
  readonly bend: Float64Array;
  readonly flips: Uint8Array;
}

function changesOf(base: Float64Array, low: Float64Array, high: Float64Array, threshold: number): Changes {
  const accepted = (score: number): boolean => score >= threshold;
  return {
    between: high.map((score, row) => score - low[row]!),
    bend: base.map((score, row) => (high[row]! + low[row]!) / 2 - score),
    flips: Uint8Array.from(base, (score, row) => Number(accepted(high[row]!) !== accepted(score) || accepted(low[row]!) !== accepted(score))),
  };
}

const mean = (values: Float64Array | Uint8Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
};

function groupEffects({ between, flips }: Changes, { attribute, levels, codes }: Grouping, { tolerance, level }: PerturbInput): LatentGroupEffect[] {
  return levels.flatMap((group, code) => {
    const own = Array.from(codes, (_, row) => row).filter((row) => codes[row] === code), n = own.length;
    if (n === 0) return [];
    const { effect, interval } = effectTest(Float64Array.from(own, (row) => between[row]!), tolerance, level);
    const flipped = own.reduce((sum, row) => sum + flips[row]!, 0);
    return [{ attribute, group, n, effect, interval, flipRate: flipped / n, flipInterval: wilson(flipped, n, level) }];
  });
}

type Tested = Omit<LatentEffect, 'qValue' | 'verdict'> & Pick<EffectTest, 'negligiblePValue'>;

function measure(latent: number, changes: Changes, named: Pick<LatentEffect, 'name' | 'columns'>, input: PerturbInput): Tested {
  const { tolerance, level, groupings, sigma, centre, observed, units } = input, flips = changes.flips.reduce((sum, flip) => sum + flip, 0);
  return {
    latent, ...named, step: STEP, sigma: sigma[latent]!, ...effectTest(changes.between, tolerance, level), curvature: mean(changes.bend),
    flipRate: mean(changes.flips), flipInterval: wilson(flips, changes.flips.length, level),
    observed: observed === undefined ? null : observedDifference(observed, { units, latent, centre: centre?.[latent] ?? 0, sigma: sigma[latent]!, step: STEP, level }),
    groups: groupings.flatMap((grouping) => groupEffects(changes, grouping, input)),
  };
}

/** Whether real rows leave room for the claim that a latent does not matter. */
function agrees(observed: LatentEffect['observed'], tolerance: number): boolean {
  return observed !== null && observed !== undefined && Math.abs(observed.difference) <= tolerance;
}

/**
 * Benjamini–Hochberg over the latents; `matters` is a discovery at 1 − level, `negligible` an equivalence at (1 − level)/2, which is
 * the effect's interval inside the tolerance, that real rows do not contradict. A decoder can say less than the rows hold: then the
 * effect on decoded rows is small and the difference between real rows is not, and nothing is claimed.
 */
function decide(tested: readonly Tested[], level: number, tolerance: number): LatentEffect[] {
  const q = benjaminiHochberg(tested.map(({ pValue }) => pValue)), alpha = 1 - level;
  return tested.map(({ negligiblePValue, ...effect }, i): LatentEffect => {
    const verdict = q[i]! <= alpha ? 'matters' : negligiblePValue <= alpha / 2 && agrees(effect.observed, tolerance) ? 'negligible' : 'undecided';
    return { ...effect, qValue: q[i]!, verdict };
  }).sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect) || a.latent - b.latent);
}

/**
 * What each active latent does to the score: dec(μ ± δσ) is compared with dec(μ), never with x, since the model's answer to a
 * reconstruction error is no effect of a latent.
 */
export async function perturbLatents(input: PerturbInput): Promise<Pick<PerturbationSummary, 'latents' | 'names'>> {
  const { mu, units, active, sigma, encoder, decode, model, level, report } = input, { width, columns } = encoder;
  const score = (x: Float32Array): Float64Array => (model === null ? new Float64Array(0) : logisticScores(model, x, width));
  const base = score(await decode(mu)), names: { latent: number; name: string; columns: LatentEffect['columns'] }[] = [], tested: Tested[] = [];
  for (const [i, latent] of active.entries()) {
    report?.(i / active.length);
    const delta = STEP * sigma[latent]!;
    const low = await decode(shifted(mu, units, latent, -delta)), high = await decode(shifted(mu, units, latent, delta));
    const named = nameLatent(columns, low, high, width);
    names.push({ latent, ...named });
    if (model !== null) tested.push(measure(latent, changesOf(base, score(low), score(high), model.threshold), named, input));
  }
  return { latents: decide(tested, level, input.tolerance), names };
}
