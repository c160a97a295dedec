import { describe, expect, it } from 'vitest';
import { mixtureLogDensity } from '../../../models/latent/mixture.ts';
import { selectMixture } from '../../../models/latent/select-mixture.ts';
import { debiasRules } from '../../../models/resample/debias-rules.ts';
import type { RuleInput } from '../../../models/resample/rule.ts';
import { plantedIntersection } from '../latent/planted-clusters.ts';

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

  it('shows shares of groups before and after, each summing to 1', () => {
    const { chosen, weights } = debiasRules(input, [grouping]), { groups } = chosen;
    for (const side of ['before', 'after'] as const) expect(groups.reduce((sum, group) => sum + group[side], 0)).toBeCloseTo(1, 10);
    const rare = groups[3]!, direct = weights.reduce((sum, weight, row) => sum + (cluster[row] === 3 ? weight : 0), 0) / ROWS;
    expect(rare.before).toBe(cluster.filter((k) => k === 3).length / ROWS);
    expect(rare.after).toBeCloseTo(direct, 12);
    expect(rare.after).toBeGreaterThan(5 * rare.before);
  });
});
