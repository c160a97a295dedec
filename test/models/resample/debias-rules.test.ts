import { describe, expect, it } from 'vitest';
import { mixtureLogDensity } from '../../../models/latent/mixture.ts';
import { refitMixture, selectMixture } from '../../../models/latent/select-mixture.ts';
import { debiasRules } from '../../../models/resample/debias-rules.ts';
import { groupNotes } from '../../../models/resample/group-notes.ts';
import type { RuleInput } from '../../../models/resample/rule.ts';
import { thinness, thinRows } from '../../../models/resample/thinness.ts';
import type { Points } from '../../../models/latent/points.ts';
import { plantedClusters, plantedIntersection } from '../latent/planted-clusters.ts';

const ROWS = 3000;
const { z, cluster } = plantedIntersection(ROWS, 2, 21);
const { mixture } = selectMixture(z, { seed: 0, most: 5 });
const further = (points: Points, components: number) => [1, 2].map((seed) => refitMixture(points, components, seed));
const input: RuleInput = { z, mixture, furtherMixtures: further(z, mixture.weights.length), logDensity: mixtureLogDensity(mixture, z), flagged: new Uint8Array(ROWS), alpha: 0.001, essFloor: 0.5 };

/** A rare cluster (5 %) that is wide and far from a common one: all of the thinnest rows are its own. */
function rareAndWide(): RuleInput {
  const planted = plantedClusters({ rows: ROWS, dimensions: 2, seed: 21, shares: [0.95, 0.05], centres: [[0, 0], [0, 0]], spread: 0.5 });
  const own = { ...planted.z, values: planted.z.values.map((value, at) => (planted.cluster[Math.floor(at / 2)] === 1 ? 3 * value + 8 : value)) };
  const fitted = selectMixture(own, { seed: 0, most: 5 }).mixture;
  return { ...input, z: own, mixture: fitted, furtherMixtures: further(own, fitted.weights.length), logDensity: mixtureLogDensity(fitted, own) };
}

/** A tenth of the rows in a tight cluster: rare, and dense. */
function rareAndTight(): RuleInput {
  const tight = plantedClusters({ rows: ROWS, dimensions: 2, seed: 4, shares: [0.9, 0.1], centres: [[0, 0], [3, 0]], spread: 1 });
  const values = tight.z.values.map((value, at) => (tight.cluster[Math.floor(at / 2)] === 1 ? (value - (at % 2 === 0 ? 3 : 0)) / 100 : value));
  const dense = { ...tight.z, values }, fitted = selectMixture(dense, { seed: 0, most: 3 }).mixture;
  return { ...input, z: dense, mixture: fitted, furtherMixtures: further(dense, fitted.weights.length), logDensity: mixtureLogDensity(fitted, dense) };
}
const grouping = { attribute: 'a*b', levels: ['0', '1', '2', '3'], codes: cluster };

describe('debiasRules', () => {
  it('puts all rules side by side, and takes component where it lifts what is thin and further fits agree', () => {
    const { rules, chosen, weights, notes } = debiasRules(rareAndWide(), []);
    expect(rules.map(({ rule, chosen }) => [rule, chosen])).toEqual([['product', false], ['max', false], ['joint', false], ['component', true]]);
    expect(chosen).toBe(rules[3]);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(ROWS, 6);
    expect(Math.max(...weights)).toBe(chosen.maxWeight);
    expect(Math.min(...weights)).toBe(chosen.minWeight);
    expect(chosen.essShare).toBeGreaterThanOrEqual(0.5);
    expect(rules.map(({ tau }) => tau === null)).toEqual([true, true, false, false]);
    expect(chosen.thinLift).toBeGreaterThan(0.8 * rules[2]!.thinLift);
    expect(chosen.stability).toBeGreaterThan(0.9);
    for (const figure of [chosen.thinLift, rules[2]!.thinLift, chosen.decileWeights![9]!, chosen.stability!]) expect(notes[0]).toContain(figure.toFixed(2));
    expect(notes.join()).toContain('τ');
  });

  it('takes joint where component leaves most thin rows behind, though it lifts the rare cluster further', () => {
    const { rules, chosen, notes } = debiasRules(input, [grouping]), [joint, component] = rules.slice(2);
    expect(component!.thinLift).toBeLessThan(0.8 * joint!.thinLift);
    expect(chosen.rule).toBe('joint');
    for (const figure of [component!.thinLift, joint!.thinLift]) expect(notes[0]).toContain(figure.toFixed(2));
  });

  it('takes joint where another fit of the mixture weighs rows otherwise, and where that is not known', () => {
    const wide = rareAndWide(), mixture = wide.mixture!;
    // A fit that holds the other component for the rare one.
    const turned = { ...mixture, weights: mixture.weights.toReversed() };
    const unstable = debiasRules({ ...wide, furtherMixtures: [mixture, turned] }, []), unknown = debiasRules({ ...wide, furtherMixtures: [mixture] }, []);
    expect([unstable.chosen.rule, unknown.chosen.rule]).toEqual(['joint', 'joint']);
    expect(unstable.rules[3]!.stability).toBeLessThan(0.8);
    expect(unstable.notes[0]).toContain(`only ${unstable.rules[3]!.stability!.toFixed(2)}`);
    expect(unknown.rules[3]!.stability).toBeNull();
    expect(unknown.notes[0]).toContain('not known');
    expect(debiasRules({ ...wide, furtherMixtures: [mixture, mixture] }, []).rules[3]!.stability).toBeCloseTo(1, 9);
  });

  it('takes joint when there is none', () => {
    const { rules, chosen, notes } = debiasRules({ ...input, mixture: null }, []);
    expect(rules.map(({ rule }) => rule)).toEqual(['product', 'max', 'joint']);
    expect(chosen.rule).toBe('joint');
    expect(notes[0]).toContain('no mixture');
  });

  it('takes joint when rare components are tight clusters in dense regions, which component would lift', () => {
    const { rules, chosen, notes } = debiasRules(rareAndTight(), []);
    expect(rules[3]!.thinLift).toBeLessThan(1);
    expect(rules[3]!.decileWeights![9]).toBeGreaterThan(1);
    expect(rules[3]!.stability).toBeGreaterThan(0.8);
    expect(chosen.rule).toBe('joint');
    expect(chosen.thinLift).toBeGreaterThan(2);
    expect(notes[0]).toContain(`densest tenth of rows a mean weight of ${rules[3]!.decileWeights![9]!.toFixed(2)}`);
  });

  it('names a group that is over-represented where data is thin and loses weight all the same, and those whose share falls', () => {
    // Every second row of the thinnest 5 % is of group "<b>", which is a tenth of all; the rule takes a fifth of its share.
    const rows = 1000, logDensity = Float64Array.from({ length: rows }, (_, row) => row), thin = thinRows(logDensity, new Uint8Array(rows));
    const codes = Int32Array.from(logDensity, (_, row) => Number(row < 50 ? row % 2 === 0 : row >= 925));
    const levels = ['a', '<b>'], share = (before: number, after: number, group: string) => ({ attribute: 'g', group, before, after });
    const rule = { ...debiasRules(input, []).chosen, groups: [share(0.9, 0.92, 'a'), share(0.1, 0.08, '<b>')] };
    expect(groupNotes(rule, thin, [{ attribute: 'g', levels, codes }])).toEqual([
      'g = <b> makes up 50 % of the thinnest 5 % of rows but 10 % of all, and yet loses weight under the rule joint: from 10 % to 8 %. These weights do not serve that group.',
      'Share that falls under the rule joint: g = <b> 10 % to 8 %.',
    ]);
    const other = { ...rule, groups: [share(0.9, 0.88, 'a'), share(0.1, 0.12, '<b>')] };
    expect(groupNotes(other, thin, [{ attribute: 'g', levels, codes }])).toEqual(['Share that falls under the rule joint: g = a 90 % to 88 %.']);
    expect(groupNotes({ ...rule, groups: [] }, thin, [])).toEqual([]);
  });

  it('names who loses under the chosen rule', () => {
    const { chosen, notes } = debiasRules(input, [grouping]), falling = chosen.groups.filter(({ before, after }) => after < 0.99 * before);
    expect(falling.length).toBeGreaterThan(0);
    for (const { group } of falling) expect(notes.at(-1)).toContain(`a*b = ${group}`);
    expect(notes.at(-1)).not.toContain('a*b = 3 ');
  });

  it('holds rules against density on rows that are no outliers', () => {
    const flagged = Uint8Array.from({ length: ROWS }, (_, row) => Number(row % 10 === 0)), thin = thinRows(input.logDensity, flagged);
    expect(thin.rows.every((row) => row % 10 !== 0)).toBe(true);
    expect(thin.thinnest).toHaveLength(135);
    const least = Math.max(...Array.from(thin.thinnest, (i) => thin.logDensity[i]!));
    expect(thin.logDensity.filter((value) => value < least)).toHaveLength(thin.thinnest.length - 1);
    expect(thinness(new Float64Array(ROWS).fill(1), thin)).toEqual({ thinLift: 1, thinCorrelation: null, decileWeights: new Array(10).fill(1) });
    const order = [...thin.rows].sort((a, b) => input.logDensity[a]! - input.logDensity[b]!), ranked = new Float64Array(ROWS);
    for (const [at, row] of order.entries()) ranked[row] = at;
    // Tenths of 2,700 rows, whose weight is their place by density.
    expect(thinness(ranked, thin).decileWeights).toEqual(Array.from({ length: 10 }, (_, tenth) => 270 * tenth + 134.5));
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
    expect(rare.after).toBeGreaterThan(3 * rare.before);
  });
});
