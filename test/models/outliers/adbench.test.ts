import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { combine } from '../../../models/outliers/combine.ts';
import { FEATURE_DETECTORS } from '../../../models/outliers/detectors.ts';
import { robustFeatures } from '../../../models/outliers/robust-features.ts';
import type { Matrix } from '../../../models/outliers/types.ts';
import { readNpz } from './npz.ts';
import { auroc, standardise } from './planted.ts';

const FOLDER = new URL('../../../../shared/data/adbench/', import.meta.url);

/** AUROC of the isolation forest alone and of the combination, fitted to all rows without labels (ADBench's unsupervised protocol). */
function evaluate(name: string): { forest: number; combined: number } {
  const arrays = readNpz(new URL(`${name}.npz`, FOLDER).pathname), { shape, values } = arrays.get('X')!, labels = arrays.get('y')!.values;
  const encoded: Matrix = standardise({ values: Float32Array.from(values), rows: shape[0]!, columns: shape[1]! });
  const x = robustFeatures(encoded, Array.from({ length: encoded.columns }, (_, j) => j))(encoded);
  const scores = FEATURE_DETECTORS.map((detector) => ({ name: detector.name, scores: detector.fit(x, randomStream(0, detector.name)).score(x) }));
  return { forest: auroc(scores[0]!.scores, labels), combined: auroc(combine(scores, null).score, labels) };
}

// Floors two points under what was measured with this seed; the tables lie beside the checkout on the project's machines only.
describe.skipIf(!existsSync(FOLDER))('on ADBench tables', () => {
  it.each([
    ['14_glass', 0.79, 0.81], ['18_Ionosphere', 0.83, 0.88], ['20_letter', 0.60, 0.78], ['6_cardio', 0.89, 0.84], ['40_vowels', 0.72, 0.92], ['42_WBC', 0.97, 0.96], ['38_thyroid', 0.95, 0.95],
  ])('%s', (name, forest, combined) => {
    const found = evaluate(name);
    expect(found.forest).toBeGreaterThan(forest);
    expect(found.combined).toBeGreaterThan(combined);
  });
});
