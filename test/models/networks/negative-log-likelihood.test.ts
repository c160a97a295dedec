import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ColumnCode } from '../../../models/encode/types.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { columnCosts } from '../../../models/networks/column-cost.ts';
import { DEVIATION_FLOOR, SCALE_SPEED, likelihoodLayout } from '../../../models/networks/likelihood.ts';
import { negativeLogLikelihood } from '../../../models/networks/negative-log-likelihood.ts';
import { ENCODER, encodedRows } from '../../activities/encoded-fixture.ts';
import { useBackend } from '../engine/fixture.ts';

const ROWS = 40, { width, columns } = ENCODER, { x } = encodedRows(ROWS), random = randomStream(9, 'outputs');
const OUTPUT = Float32Array.from({ length: ROWS * width }, () => 2 * random.normal());
const LOG_SCALE = Float32Array.from({ length: width }, () => 0.3 * random.normal());

/** The same likelihood, column by column with tfjs' own softmax and sigmoid, differentiated by tfjs. */
function reference(output: Tensor2D, logScale: Tensor1D): Scalar {
  const target = tf.tensor2d(x, [ROWS, width]), feature = (t: Tensor, at: number, size = 1): Tensor => tf.slice(t, [0, at], [ROWS, size]);
  const costs = columns.flatMap((column): Tensor[] => {
    const at = column.offset;
    if (column.kind === 'category') return [tf.neg(tf.sum(tf.mul(feature(target, at, column.width), tf.logSoftmax(feature(output, at, column.width)))))];
    const variance = tf.add(tf.exp(tf.mul(tf.slice(logScale, at, 1), SCALE_SPEED)), DEVIATION_FLOOR ** 2);
    const squares = tf.square(tf.sub(feature(target, at), feature(output, at)));
    const gaussian = tf.sum(tf.mul(tf.add(tf.div(squares, variance), tf.log(tf.mul(variance, 2 * Math.PI))), 0.5));
    if (!column.missingIndicator) return [gaussian];
    const missing = feature(target, at + 1), logit = feature(output, at + 1);
    return [gaussian, tf.sum(tf.add(tf.mul(missing, tf.softplus(tf.neg(logit))), tf.mul(tf.sub(1, missing), tf.softplus(logit))))];
  });
  return tf.div(tf.addN(costs), ROWS);
}

function valueAndGradients(f: (output: Tensor2D, logScale: Tensor1D) => Scalar): number[] {
  return tf.tidy(() => {
    const inputs: Tensor[] = [tf.tensor2d(OUTPUT, [ROWS, width]), tf.tensor1d(LOG_SCALE)];
    const { value, grads } = tf.valueAndGrads((output: Tensor, logScale: Tensor) => tf.mul(f(output as Tensor2D, logScale as Tensor1D), 3) as Scalar)(inputs);
    return [value, ...grads].flatMap((tensor) => [...tensor.dataSync()]);
  });
}

const own = (output: Tensor2D, logScale: Tensor1D, encoded = x, codes: readonly ColumnCode[] = columns): Scalar =>
  negativeLogLikelihood(output, tf.tensor2d(encoded, [output.shape[0], output.shape[1]]), logScale, likelihoodLayout(codes, output.shape[1]));

describe.each(['wasm', 'cpu'] as const)('negativeLogLikelihood on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('has the value and gradients of the likelihood written column by column', async () => {
    const values = valueAndGradients(own);
    await useBackend('cpu');
    const expected = valueAndGradients(reference);
    await useBackend(backend);
    expect(values).toHaveLength(1 + ROWS * width + width);
    values.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected[i]!))));
  });

  it('is the mean of the column costs', () => {
    const value = tf.tidy(() => own(tf.tensor2d(OUTPUT, [ROWS, width]), tf.tensor1d(LOG_SCALE)).dataSync()[0]!);
    const costs = columnCosts(columns, { x, output: OUTPUT, rows: ROWS, width }, LOG_SCALE);
    expect(value).toBeCloseTo(costs.reduce((sum, cost) => sum + cost, 0) / ROWS, 4);
  });

  it('stays finite for wild logits, and pushes them the right way', () => {
    const category: ColumnCode = { kind: 'category', name: 'c', offset: 0, width: 2, levels: ['a', 'b'] };
    const f = (output: Tensor): Scalar => own(output as Tensor2D, tf.zeros([2]), Float32Array.of(1, 0), [category]);
    const { value, grad } = tf.tidy(() => tf.valueAndGrad(f)(tf.tensor2d([[-1e6, 1e6]])));
    expect(value.dataSync()[0]).toBeCloseTo(120, 3);
    expect([...grad.dataSync()]).toEqual([-1, 1]);
  });

  it('holds without any category or indicator', () => {
    const number: ColumnCode = { ...columns[0]!, offset: 0 } as ColumnCode;
    const value = tf.tidy(() => own(tf.tensor2d([[0.5], [-1]]), tf.zeros([1]), Float32Array.of(0.5, -1), [number]).dataSync()[0]);
    expect(value).toBeCloseTo(0.5 * Math.log(2 * Math.PI * 1.01), 5);
  });
});
