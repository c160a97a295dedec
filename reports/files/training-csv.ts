import type { TrainingSummary } from '../../models/networks/types.ts';
import type { CsvCell } from '../csv-text.ts';

export const TRAINING_HEADER = ['seed', 'epoch', 'loss', 'reconstruction', 'kl', 'active_units', 'ess', 'validation_loss', 'gradient_norm'] as const;

/** training.csv: a line for each epoch of each seed; `ess` is empty since only db-vae resamples while it trains. */
export function* trainingLines(training: readonly TrainingSummary[]): Generator<readonly CsvCell[]> {
  for (const { epochs } of training) {
    for (const record of epochs) {
      yield [record.seed, record.epoch, record.loss, record.reconstruction, record.kl, record.activeUnits, null, record.validationLoss, record.gradientNorm];
    }
  }
}
