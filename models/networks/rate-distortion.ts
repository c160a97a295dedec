import type { TrainingSummary } from './types.ts';

/** What one network's latent code costs and what it leaves unsaid, on the validation rows at its best epoch; means a row, in nats. */
export interface RateDistortion {
  readonly seed: number;
  /** Trained until it stopped. */
  readonly epochs: number;
  /** Distortion: what a row still costs once its code is known. */
  readonly reconstruction: number;
  /** Rate: KL(q(z|x) ‖ N(0, I)), what the code says about a row. */
  readonly kl: number;
  /** −(reconstruction + kl), the evidence lower bound, whatever β was trained with; higher is better. */
  readonly elbo: number;
  readonly activeUnits: number;
  /** reconstruction + β·kl, which was minimised: losses of two β are not to be compared. */
  readonly loss: number;
  /** As the training's summary has it. */
  readonly computedOn: string | null;
}

export interface Spread {
  readonly mean: number;
  readonly lowest: number;
  readonly highest: number;
}

/** The networks of one β, seed by seed, and how they lie: with a handful of seeds no interval would be worth its name. */
export interface BetaNetworks {
  readonly beta: number;
  readonly networks: readonly RateDistortion[];
  readonly reconstruction: Spread;
  readonly kl: Spread;
  readonly elbo: Spread;
  readonly activeUnits: Spread;
  readonly epochs: Spread;
}

/**
 * Rate and distortion of a trained network (Alemi et al. 2018, "Fixing a Broken ELBO"), from what its training says of the validation rows:
 * the loss at full β and the KL of each unit. Networks with free bits have a loss of more than these two parts, and are not for this.
 */
function rateDistortion(beta: number, { seed, epochs, bestEpoch, klPerUnit, computedOn }: TrainingSummary): RateDistortion {
  const { validationLoss: loss, activeUnits } = epochs[bestEpoch - 1]!, kl = klPerUnit.reduce((sum, unit) => sum + unit, 0), reconstruction = loss - beta * kl;
  return { seed, epochs: epochs.length, reconstruction, kl, elbo: -(reconstruction + kl), activeUnits, loss, computedOn };
}

function spreadOf(values: readonly number[]): Spread {
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, lowest: Math.min(...values), highest: Math.max(...values) };
}

export function withSpreads(beta: number, networks: readonly RateDistortion[]): BetaNetworks {
  const over = (of: (network: RateDistortion) => number): Spread => spreadOf(networks.map(of));
  return {
    beta, networks, reconstruction: over(({ reconstruction }) => reconstruction), kl: over(({ kl }) => kl), elbo: over(({ elbo }) => elbo),
    activeUnits: over(({ activeUnits }) => activeUnits), epochs: over(({ epochs }) => epochs),
  };
}

/** training: one summary a seed, of networks without free bits. */
export function betaNetworks(beta: number, training: readonly TrainingSummary[]): BetaNetworks {
  return withSpreads(beta, training.map((summary) => rateDistortion(beta, summary)));
}
