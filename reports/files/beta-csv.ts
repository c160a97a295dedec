import type { BetaNetworks } from '../../models/networks/rate-distortion.ts';
import type { CsvCell } from '../csv-text.ts';

export const BETA_HEADER = ['beta', 'seed', 'epochs', 'reconstruction', 'kl', 'active_units', 'loss'] as const;

/** beta.csv: a line for each network, on validation rows at its best epoch; the audit's own β first. */
export function* betaLines(betas: readonly BetaNetworks[]): Generator<readonly CsvCell[]> {
  for (const { beta, networks } of betas) {
    for (const { seed, epochs, reconstruction, kl, activeUnits, loss } of networks) yield [beta, seed, epochs, reconstruction, kl, activeUnits, loss];
  }
}
