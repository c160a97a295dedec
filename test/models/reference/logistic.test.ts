import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { assignFolds, crossFitLogistic, FOLDS } from '../../../models/reference/cross-fit.ts';
import { fitLogistic, predictLogistic } from '../../../models/reference/logistic.ts';
import { sparseRows, type SparseRows } from '../../../models/reference/sparse-rows.ts';

/** Columns: a number, one of three levels, and `extra` numbers. */
function makeData(rows: number, extra = 0): { x: SparseRows; labels: Uint8Array; all: Uint32Array; values: Float32Array; columns: number } {
  const random = randomStream(6, 'logistic'), columns = 4 + extra;
  const values = new Float32Array(rows * columns), labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const z = random.normal(), level = random.integer(3);
    values[row * columns] = z;
    values[row * columns + 1 + level] = 1;
    for (let j = 0; j < extra; j++) values[row * columns + 4 + j] = random.normal();
    labels[row] = Number(random.uniform() < 1 / (1 + Math.exp(-(1.5 * z - 1 + level))));
  }
  return { x: sparseRows({ values, rows, columns }), labels, all: Uint32Array.from({ length: rows }, (_, i) => i), values, columns };
}

describe('sparseRows', () => {
  it('keeps every entry that is not 0', () => {
    const x = sparseRows({ values: Float32Array.of(0, 2, 0, 0, 0, 0, 3, 0, 4), rows: 3, columns: 3 });
    expect([[...x.start], [...x.columns], [...x.values]]).toEqual([[0, 1, 1, 3], [1, 0, 2], [2, 3, 4]]);
  });
});

describe('fitLogistic', () => {
  it('is at the minimum of the penalised loss', () => {
    const { x, labels, all, values, columns } = makeData(400);
    const { weights, intercept } = fitLogistic(x, labels, all, { penalty: 2 });
    const gradient = Array.from(weights, (weight) => 2 * weight);
    let bias = 0;
    for (const row of all) {
      const z = weights.reduce((sum, weight, j) => sum + weight * values[row * columns + j]!, intercept);
      const residual = 1 / (1 + Math.exp(-z)) - labels[row]!;
      bias += residual;
      for (let j = 0; j < columns; j++) gradient[j]! += residual * values[row * columns + j]!;
    }
    for (const entry of [...gradient, bias]) expect(Math.abs(entry)).toBeLessThan(1e-3);
  });

  it('finds the weights that made the labels', () => {
    const { x, labels, all } = makeData(20_000);
    const { weights } = fitLogistic(x, labels, all);
    expect(weights[0]).toBeCloseTo(1.5, 1);
    expect(weights[3]! - weights[1]!).toBeCloseTo(2, 0);
  });

  it('comes to the same by conjugate gradients, which wide rows take', () => {
    const { x, labels, all } = makeData(600, 60);
    const wide = fitLogistic(x, labels, all), narrow = makeData(600, 60);
    const iterated = fitLogistic({ ...narrow.x, rows: narrow.x.rows * 1_000_000 }, labels, all);
    expect(wide.iterations).toBeGreaterThan(1);
    wide.weights.forEach((weight, j) => expect(weight).toBeCloseTo(iterated.weights[j]!, 4));
  });

  it('counts a row as often as its weight says, from wherever it starts', () => {
    const { x, labels, all } = makeData(300), weights = Float64Array.from(all, (row) => row % 3);
    const weighted = fitLogistic(x, labels, all, { weights });
    const repeated = fitLogistic(x, labels, Uint32Array.from([...all].flatMap((row) => Array.from({ length: row % 3 }, () => row))));
    const started = fitLogistic(x, labels, all, { weights, start: fitLogistic(x, labels, all) });
    weighted.weights.forEach((weight, j) => {
      expect(weight).toBeCloseTo(repeated.weights[j]!, 4);
      expect(weight).toBeCloseTo(started.weights[j]!, 4);
    });
  });

  it('survives separable labels and a single class', () => {
    const x = sparseRows({ values: Float32Array.of(-1, -2, 1, 2), rows: 4, columns: 1 }), all = Uint32Array.of(0, 1, 2, 3);
    const separable = fitLogistic(x, Uint8Array.of(0, 0, 1, 1), all), single = fitLogistic(x, Uint8Array.of(1, 1, 1, 1), all);
    expect(separable.weights[0]).toBeGreaterThan(0.5);
    expect(predictLogistic(single, x, all).every((p) => p > 0.99)).toBe(true);
  });
});

describe('cross-fitting', () => {
  it('balances folds, keeps units together, and depends on the seed alone', () => {
    const folds = assignFolds(1003, 4, null);
    for (let fold = 0; fold < FOLDS; fold++) expect(Math.abs(folds.filter((each) => each === fold).length - 1003 / FOLDS)).toBeLessThan(1);
    expect(assignFolds(1003, 4, null)).toEqual(folds);
    expect(assignFolds(1003, 5, null)).not.toEqual(folds);
    const units = Int32Array.from({ length: 60 }, (_, i) => Math.floor(i / 3));
    const byUnit = assignFolds(60, 4, units);
    for (let i = 0; i < 60; i += 3) expect(new Set(byUnit.subarray(i, i + 3)).size).toBe(1);
  });

  it('never lets a row\'s own label into its score', () => {
    const { x, labels } = makeData(300);
    const train = new Uint8Array(300).fill(1);
    const score = (changed: Uint8Array): Float64Array => crossFitLogistic({ x, labels: changed, train, units: null, seed: 1 }).score;
    const flipped = labels.slice();
    flipped[17] = 1 - flipped[17]!;
    const before = score(labels), after = score(flipped);
    expect(after[17]).toBe(before[17]);
    expect(after.some((value, row) => value !== before[row])).toBe(true);
  });

  it('scores rows without a label by the train part\'s model', () => {
    const { x, labels } = makeData(300);
    const partly = labels.map((label, row) => (row < 10 ? 255 : label)), train = Uint8Array.from({ length: 300 }, (_, row) => Number(row % 2 === 0));
    const { score, model } = crossFitLogistic({ x, labels: partly, train, units: null, seed: 1 });
    expect(score.subarray(0, 10)).toEqual(predictLogistic(model, x, Uint32Array.from({ length: 10 }, (_, i) => i)));
  });
});
