import { describe, expect, it } from 'vitest';
import { batchCount, gatherRows, shuffled, stepNoise } from '../../../models/engine/batches.ts';

const ROWS = Uint32Array.from({ length: 100 }, (_, i) => 3 * i);

describe('shuffled', () => {
  it('permutes, the same for a seed and epoch, otherwise differently', () => {
    const order = shuffled(ROWS, 1, 2);
    expect([...order].sort((a, b) => a - b)).toEqual([...ROWS]);
    expect(shuffled(ROWS, 1, 2)).toEqual(order);
    expect(shuffled(ROWS, 1, 3)).not.toEqual(order);
    expect(shuffled(ROWS, 2, 2)).not.toEqual(order);
  });

  it('puts every row everywhere: mean positions over 400 epochs are near the middle', () => {
    const sums = new Float64Array(10), rows = Uint32Array.from(sums.keys());
    for (let epoch = 0; epoch < 400; epoch++) shuffled(rows, 7, epoch).forEach((row, position) => { sums[row]! += position / 400; });
    // Standard error of each mean: 2.87 / 20 = 0.14; five of them.
    sums.forEach((mean) => expect(Math.abs(mean - 4.5)).toBeLessThan(0.72));
  });
});

describe('gatherRows', () => {
  it('copies the rows of the order', () => {
    const x = Float32Array.from({ length: 8 }, (_, i) => i);
    expect([...gatherRows(x, 2, Uint32Array.of(3, 0))]).toEqual([6, 7, 0, 1]);
  });
});

describe('stepNoise', () => {
  it('is a standard normal draw that depends on every part of the position', () => {
    const noise = stepNoise(20_000, 3, 'noise', 1, 1), mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(20_000));
    expect(noise.reduce((sum, value) => sum + value * value, 0) / noise.length).toBeCloseTo(1, 1);
    const others = [stepNoise(4, 4, 'noise', 1, 1), stepNoise(4, 3, 'other', 1, 1), stepNoise(4, 3, 'noise', 2, 1), stepNoise(4, 3, 'noise', 1, 2)];
    others.forEach((other) => expect(other).not.toEqual(noise.slice(0, 4)));
  });
});

describe('batchCount', () => {
  it('counts a last partial batch', () => expect([0, 1, 4, 5].map((rows) => batchCount(rows, 4))).toEqual([0, 1, 1, 2]));
});
