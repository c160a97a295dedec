import { type CleanRows, cleanRows } from '../models/outliers/clean-rows.ts';
import { DataError } from './data-error.ts';
import { type Dataset, labelsOf } from './load-dataset.ts';

/** Under these numbers of normal rows neither a detector nor a p-value says anything. */
const FEWEST_FITTED = 50;
const FEWEST_CLEAN = 20;

/** Rows whose label says that they are normal. @throws DataError without a label, or with too few normal rows to fit and to calibrate. */
export function knownNormal(dataset: Dataset, seed: number): CleanRows {
  const labels = labelsOf(dataset);
  if (labels === null) throw new DataError('normal-without-label', 'outliers.train: normal needs data.label, whose values other than data.positive name the normal rows; set it or use outliers.train: all');
  const clean = cleanRows(labels, dataset.split, seed);
  if (clean.fitted.length < FEWEST_FITTED || clean.clean.length < FEWEST_CLEAN) {
    throw new DataError('too-few-normal-rows', `outliers.train: normal found ${clean.fitted.length} normal rows in the train part and ${clean.clean.length} to calibrate with in the test part `
      + `(label ${JSON.stringify(dataset.profile.label?.column)} other than ${JSON.stringify(dataset.profile.label?.positive)}); at least ${FEWEST_FITTED} and ${FEWEST_CLEAN} are needed: use outliers.train: all`);
  }
  return clean;
}
