import { describe, expect, it } from 'vitest';
import { mixtureLogDensity } from '../../../models/latent/mixture.ts';
import { selectMixture } from '../../../models/latent/select-mixture.ts';
import { debiasRules } from '../../../models/resample/debias-rules.ts';
import type { RuleInput } from '../../../models/resample/rule.ts';
import { thinness, thinRows } from '../../../models/resample/thinness.ts';
import { plantedClusters, plantedIntersection } from '../latent/planted-clusters.ts';

const ROWS = 3000;
const { z, cluster } = plantedIntersection(ROWS, 2, 21);
const { mixture } = selectMixture(z, { seed: 0, most: 5 });
const input: RuleInput = { z, mixture, logDensity: mixtureLogDensity(mixture, z), flagged: new Uint8Array(ROWS), alpha: 0.001, essFloor: 0.5 };
const grouping = { attribute: 'a*b', levels: ['0', '1', '2', '3'], codes: cluster };

describe('debiasRules', () => {
  it('puts all rules side by side and takes component when there is a mixture', () => {
    const { rules, chosen, weights, notes } = debiasRules(input, [grouping]);
    expect(rules.map(({ rule, chosen }) => [rule, chosen])).toEqual([['product', false], ['max', false], ['joint', false], ['component', true]]);
    expect(chosen).toBe(rules[3]);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(ROWS, 6);
    expect(Math.max(...weights)).toBe(chosen.maxWeight);
    expect(Math.min(...weights)).toBe(chosen.minWeight);
    expect(chosen.essShare).toBeGreaterThanOrEqual(0.5);
    expect(rules.map(({ tau }) => tau === null)).toEqual([true, true, false, false]);
    expect(notes.join()).toContain('τ');
  });

  it('takes joint when there is none', () => {
    const { rules, chosen, notes } = debiasRules({ ...input, mixture: null }, []);
    expect(rules.map(({ rule }) => rule)).toEqual(['product', 'max', 'joint']);
    expect(chosen.rule).toBe('joint');
    expect(notes[0]).toContain('no mixture');
  });

  it('takes joint when rare components are tight clusters in dense regions, which component would lift', () => {
    const tight = plantedClusters({ rows: ROWS, dimensions: 2, seed: 4, shares: [0.9, 0.1], centres: [[0, 0], [3, 0]], spread: 1 });
    const values = tight.z.values.map((value, at) => (tight.cluster[Math.floor(at / 2)] === 1 ? (value - (at % 2 === 0 ? 3 : 0)) / 100 : value));
    const dense = { ...tight.z, values }, fitted = selectMixture(dense, { seed: 0, most: 3 }).mixture;
    const { rules, chosen, notes } = debiasRules({ ...input, z: dense, mixture: fitted, logDensity: mixtureLogDensity(fitted, dense) }, []);
    expect(rules[3]!.thinCorrelation).toBeLessThan(-0.2);
    expect(rules[3]!.thinLift).toBeLessThan(1);
    expect(chosen.rule).toBe('joint');
    expect(chosen.thinLift).toBeGreaterThan(2);
    expect(notes[0]).toContain('dense');
  });

  it('holds rules against density on rows that are no outliers', () => {
    const flagged = Uint8Array.from({ length: ROWS }, (_, row) => Number(row % 10 === 0)), thin = thinRows(input.logDensity, flagged);
    expect(thin.rows.every((row) => row % 10 !== 0)).toBe(true);
    expect(thin.thinnest).toHaveLength(135);
    const least = Math.max(...Array.from(thin.thinnest, (i) => thin.logDensity[i]!));
    expect(thin.logDensity.filter((value) => value < least)).toHaveLength(thin.thinnest.length - 1);
    expect(thinness(new Float64Array(ROWS).fill(1), thin)).toEqual({ thinLift: 1, thinCorrelation: null });
    expect(thinness(input.logDensity.map((value) => Math.exp(-value)), thin).thinCorrelation).toBeCloseTo(1, 12);
    const many = thinRows(new Float64Array(250_000), new Uint8Array(250_000)).rows.length;
    expect(many).toBe(83_334);
  });

  it('shows shares of groups before and after, each summing to 1', () => {
    const { chosen, weights } = debiasRules(input, [grouping]), { groups } = chosen;
    for (const side of ['before', 'after'] as const) expect(groups.reduce((sum, group) => sum + group[side], 0)).toBeCloseTo(1, 10);
    const rare = groups[3]!, direct = weights.reduce((sum, weight, row) => sum + (cluster[row] === 3 ? weight : 0), 0) / ROWS;
    expect(rare.before).toBe(cluster.filter((k) => k === 3).length / ROWS);
    expect(rare.after).toBeCloseTo(direct, 12);
    expect(rare.after).toBeGreaterThan(5 * rare.before);
  });
});
