import { expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { histogramScore } from '../../../models/outliers/histogram-score.ts';
import { matrixOf } from './planted.ts';

it('adds −ln((count + ½) / (n + 5)) over features, leaves constant ones out, and counts what lies outside as never seen', () => {
  // Feature 0: nine zeros and a one, first and last bin. Feature 1 is constant.
  const x = matrixOf([...Array.from({ length: 9 }, () => [0, 7]), [1, 7]]);
  const fitted = histogramScore.fit(x, randomStream(0, 'hbos')), score = fitted.score(x);
  expect(score[0]).toBeCloseTo(-Math.log(9.5 / 15), 12);
  expect(score[9]).toBeCloseTo(-Math.log(1.5 / 15), 12);
  expect(fitted.score(matrixOf([[2, 7], [-1, 0], [0.5, 7]]))).toEqual(new Float64Array(3).fill(-Math.log(0.5 / 15)));
});
