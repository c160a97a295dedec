import { describe, expect, it } from 'vitest';
import type { ColumnCode } from '../../../models/encode/types.ts';
import { randomStream } from '../../../models/engine/random.ts';
import { compareMitigations, type MitigationInput } from '../../../models/mitigation/compare-mitigations.ts';
import { equalSelection, nearestOdds } from '../../../models/mitigation/group-thresholds.ts';
import { repairNumbers } from '../../../models/mitigation/repair-numbers.ts';
import { reweighing } from '../../../models/mitigation/reweighing.ts';
import { MITIGATIONS, QUANTITIES } from '../../../models/mitigation/types.ts';
import type { Grouping } from '../../../models/table.ts';

const COLUMNS: readonly ColumnCode[] = [
  { kind: 'category', name: 'sex', offset: 0, width: 2, levels: ['F', 'M'] },
  { kind: 'number', name: 'pay', offset: 2, width: 2, missingIndicator: true, transform: { kind: 'standard', mean: 0, std: 1 }, fill: 0 },
];

/** Sex moves both a number and the label; width 4. */
function makeInput(rows: number): MitigationInput & { readonly groupings: readonly [Grouping] } {
  const random = randomStream(8, 'mitigations'), values = new Float32Array(rows * 4), labels = new Uint8Array(rows);
  const codes = Int32Array.from({ length: rows }, () => Number(random.uniform() < 0.6));
  for (let row = 0; row < rows; row++) {
    const pay = random.normal() + 1.5 * codes[row]!, missing = random.uniform() < 0.05;
    values.set([1 - codes[row]!, codes[row]!, missing ? 0 : pay, Number(missing)], row * 4);
    labels[row] = Number(random.uniform() < 1 / (1 + Math.exp(-(1.2 * pay + 0.8 * codes[row]! - 2))));
  }
  return { x: { values, rows, columns: 4 }, columns: COLUMNS, labels, split: Uint8Array.from({ length: rows }, (_, row) => [0, 0, 0, 1, 2][row % 5]!), groupings: [{ attribute: 'sex', levels: ['F', 'M'], codes }],
    latentWeights: new Float64Array(rows).fill(1), threshold: 0.5, design: null, level: 0.95, minimum: 30, seed: 0, progress: () => {} };
}

const all = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, row) => row);

describe('reweighing', () => {
  it('makes group and label independent, as in the published example', () => {
    // Kamiran and Calders, table 1: 10 applicants, 5 of each sex, 4 men and 2 women accepted.
    const codes = Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1, 1, 1), labels = Uint8Array.of(1, 1, 1, 1, 0, 1, 1, 0, 0, 0);
    const weights = reweighing({ attribute: 'sex', levels: ['M', 'F'], codes }, labels, all(10));
    expect([weights[0], weights[4], weights[5], weights[9]].map((weight) => Number(weight!.toFixed(2)))).toEqual([0.75, 2, 1.5, 0.67]);
    const favoured = (group: number): number => codes.reduce((sum, code, i) => sum + (code === group ? weights[i]! * labels[i]! : 0), 0);
    expect(favoured(0)).toBeCloseTo(favoured(1), 12);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(10, 12);
  });
});

describe('disparate-impact repair', () => {
  it('gives every group one distribution, keeps the order inside groups and what is missing, and clears the attribute', () => {
    const { x, groupings: [grouping] } = makeInput(4000), repaired = repairNumbers(x, COLUMNS, grouping, all(4000));
    const of = (values: Float32Array, group: number): Float64Array => Float64Array.from(all(4000).filter((row) => grouping.codes[row] === group && values[4 * row + 3] === 0), (row) => values[4 * row + 2]!).sort();
    for (const q of [0.1, 0.25, 0.5, 0.75, 0.9]) {
      const [f, m] = [0, 1].map((group) => of(repaired.values, group)) as [Float64Array, Float64Array], [oldF, oldM] = [0, 1].map((group) => of(x.values, group)) as [Float64Array, Float64Array];
      const at = (values: Float64Array): number => values[Math.floor(q * values.length)]!;
      expect(at(f)).toBeCloseTo(at(m), 1);
      expect(at(f)).toBeCloseTo((at(oldF) + at(oldM)) / 2, 1);
    }
    const female = [...all(4000)].filter((row) => grouping.codes[row] === 0 && x.values[4 * row + 3] === 0).sort((a, b) => x.values[4 * a + 2]! - x.values[4 * b + 2]!);
    for (let i = 1; i < female.length; i++) expect(repaired.values[4 * female[i]! + 2]).toBeGreaterThanOrEqual(repaired.values[4 * female[i - 1]! + 2]!);
    for (let row = 0; row < 4000; row++) {
      expect([repaired.values[4 * row], repaired.values[4 * row + 1], repaired.values[4 * row + 3]]).toEqual([0, 0, x.values[4 * row + 3]]);
    }
    expect(all(4000).filter((row) => x.values[4 * row + 3] === 1 && repaired.values[4 * row + 2] !== 0)).toHaveLength(0);
  });
});

describe('thresholds by group', () => {
  const codes = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1, 2), score = Float64Array.of(0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1, 0.6), labels = Uint8Array.of(1, 1, 0, 0, 1, 0, 1, 0, 1);
  const input = { grouping: { attribute: 'a', levels: ['x', 'y', 'z', 'none'], codes }, score, labels, rows: all(8), threshold: 0.5 };

  it('bring groups to the selection rate of all', () => {
    const { thresholds, kept } = equalSelection(input), expected = [0.75, 0.25];
    expected.forEach((threshold, group) => expect(thresholds[group]).toBeCloseTo(threshold, 12));
    expect([thresholds[2], thresholds[3], kept]).toEqual([0.5, 0.5, ['z', 'none']]);
  });

  it('bring groups near the true and false positive rates of all', () => {
    // Of all: half of the positives and half of the negatives are selected.
    const { thresholds } = nearestOdds(input);
    // Every cut of the first is as far away: the one without mistakes is taken.
    expect(thresholds[0]).toBeCloseTo(0.75, 12);
    expect(thresholds[1]).toBeCloseTo(0.25, 12);
  });
});

describe('compareMitigations', () => {
  const input = makeInput(10_000), made = compareMitigations(input), find = (method: string, metric: string) => made.changes!.find((each) => each.method === method && each.metric === metric)!;

  it('has every quantity of every mitigation, judged on test rows alone', () => {
    expect(made.changes!.map(({ method, metric }) => `${method} ${metric}`)).toEqual(MITIGATIONS.flatMap((method) => QUANTITIES.map((metric) => `${method} ${metric}`)));
    expect(made.rows).toEqual({ train: 6000, validation: 2000, test: 2000 });
    const other = compareMitigations({ ...input, labels: input.labels.map((label, row) => (input.split[row] === 2 ? 1 - label : label)) });
    expect(other.changes!.find((each) => each.metric === 'demographic_parity_difference' && each.method === 'reweighing')!.after).toBe(find('reweighing', 'demographic_parity_difference').after);
    expect(other.changes![0]!.before).toBeCloseTo(1 - made.changes![0]!.before!, 12);
  });

  it('narrows the gaps that a mitigation is made for, and finds its price', () => {
    for (const method of ['reweighing', 'disparate_impact_repair', 'group_thresholds_selection']) expect([method, find(method, 'demographic_parity_difference').verdict]).toEqual([method, 'better']);
    expect(find('group_thresholds_odds', 'equalized_odds_difference').verdict).toBe('better');
    expect(find('group_thresholds_selection', 'accuracy').verdict).toBe('worse');
    expect(find('group_thresholds_selection', 'demographic_parity_difference').after).toBeLessThan(0.06);
  });

  it('is undecided where weights of 1 change nothing', () => {
    for (const change of made.changes!.filter(({ method }) => method === 'latent_weights')) {
      expect([change.change, change.verdict]).toEqual([0, 'undecided']);
      expect(change.interval![0]).toBeLessThan(0);
      expect(change.interval![1]).toBeGreaterThan(0);
    }
  });

  it('gives the same again, and ignores rows without a label or a weight', () => {
    expect(compareMitigations(input)).toEqual(made);
    const holes = { ...input, labels: input.labels.map((label, row) => (row % 7 === 0 ? 255 : label)) };
    const weights = Float64Array.from(input.labels, (_, row) => Number(row % 7 !== 0)), design = { weights, clusters: null };
    expect(compareMitigations({ ...input, design }).rows).toEqual(compareMitigations(holes).rows);
    expect(compareMitigations({ ...input, design }).changes![0]!.before).toBeCloseTo(compareMitigations(holes).changes![0]!.before!, 12);
  });

  it('says why it compared nothing', () => {
    expect(compareMitigations({ ...input, labels: input.labels.map(() => 1) })).toMatchObject({ changes: null, reason: expect.stringContaining('alike') });
    expect(compareMitigations({ ...input, split: input.split.map(() => 0) })).toMatchObject({ changes: null, reason: expect.stringContaining('0 with a label') });
    expect(compareMitigations({ ...input, groupings: [] })).toMatchObject({ changes: null, reason: expect.stringContaining('groups') });
    const untuned = compareMitigations({ ...input, split: input.split.map((part) => (part === 1 ? 0 : part)) });
    expect([untuned.changes!.some(({ method }) => method.startsWith('group')), untuned.notes[0]]).toEqual([false, expect.stringContaining('thresholds')]);
  });
});
