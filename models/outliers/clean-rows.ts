import { randomStream } from '../engine/random.ts';
import { TEST, TRAIN, VALIDATION } from '../table.ts';

export interface CleanRows {
  /** Normal rows of the train part. */
  readonly fitted: Uint32Array;
  /** A seeded half of the normal rows of the test part, which neither the network nor a detector saw. */
  readonly clean: Uint32Array;
  /** All rows but those above and the validation part's normal rows, by which training was stopped. */
  readonly tested: Uint32Array;
}

/** Parts of the rows for split-conformal calibration. labels: 0 is normal; split: TRAIN, VALIDATION or TEST. */
export function cleanRows(labels: Uint8Array, split: Uint8Array, seed: number): CleanRows {
  const random = randomStream(seed, 'outliers/clean-rows'), fitted: number[] = [], clean: number[] = [], tested: number[] = [];
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] !== 0) tested.push(row);
    else if (split[row] === TRAIN) fitted.push(row);
    else if (split[row] === TEST) (random.uniform() < 0.5 ? clean : tested).push(row);
    else if (split[row] !== VALIDATION) throw new RangeError(`row ${row} belongs to no part of the split: ${split[row]}`);
  }
  return { fitted: Uint32Array.from(fitted), clean: Uint32Array.from(clean), tested: Uint32Array.from(tested) };
}
