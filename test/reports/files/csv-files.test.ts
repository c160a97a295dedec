import { expect, it } from 'vitest';
import { BETA_HEADER, betaLines } from '../../../reports/files/beta-csv.ts';
import { outlierLines } from '../../../reports/files/outliers-csv.ts';
import { trainingLines } from '../../../reports/files/training-csv.ts';
import { betaFixture, reportFixture } from '../fixture.ts';

it('ranks every ranked row, strangest first, with reasons for the top', () => {
  const reason = (text: string) => ({ column: 'a', value: '1', typical: '0', contribution: 1, text });
  const lines = [...outlierLines({ rowNumbers: Uint32Array.of(10, 20, 30, 40), ids: ['a', 'b', 'c', 'd'], rank: Uint32Array.of(3, 1, 0, 2), score: Float64Array.of(0.1, 0.9, 0, 0.5),
    pValue: Float64Array.of(0.5, 0.01, NaN, NaN), qValue: Float64Array.of(NaN, 0.04, NaN, NaN), flagged: Uint8Array.of(0, 1, 0, 0),
    top: [{ row: 20, id: 'b', rank: 1, score: 0.9, pValue: 0.01, qValue: 0.04, flagged: true, reasons: [reason('one'), reason('two')] }] })];
  expect(lines).toEqual([[20, 'b', 1, 0.9, 0.01, 0.04, true, 'one; two'], [40, 'd', 2, 0.5, NaN, NaN, false, null], [10, 'a', 3, 0.1, 0.5, NaN, false, null]]);
});

it('writes an epoch a line for each seed, ess empty', () => {
  const training = reportFixture().documents.training!, lines = [...trainingLines(training)];
  expect(lines).toHaveLength(90);
  expect(lines[30]!.slice(0, 3)).toEqual([1, 1, training[1]!.epochs[0]!.loss]);
  expect(lines.every((line) => line[6] === null)).toBe(true);
});

it('writes a network a line for each β, in the order of the configuration', () => {
  const betas = betaFixture([4, 0.5], 2), lines = [...betaLines(betas)], { reconstruction, kl, loss } = betas[1]!.networks[0]!;
  expect(BETA_HEADER.join(',')).toBe('beta,seed,epochs,reconstruction,kl,active_units,loss');
  expect(lines.map((line) => line.slice(0, 2))).toEqual([[4, 0], [4, 1], [0.5, 0], [0.5, 1]]);
  expect(lines[2]).toEqual([0.5, 0, 30, reconstruction, kl, 7, loss]);
});
