import type { Grouping } from '../table.ts';
import { chooseRule } from './choose-rule.ts';
import { componentStability } from './component-stability.ts';
import { componentWeights } from './component-weights.ts';
import { groupNotes } from './group-notes.ts';
import { groupShares } from './group-shares.ts';
import { jointWeights } from './joint-weights.ts';
import { maxWeights } from './max-weights.ts';
import { PAPER_BINS, productWeights } from './product-weights.ts';
import type { RuleInput, RuleWeights } from './rule.ts';
import { type Thinness, thinness, thinRows } from './thinness.ts';
import type { DebiasRule } from './types.ts';
import { effectiveSampleSize } from './weights.ts';

interface RuleEntry {
  readonly rule: DebiasRule['rule'];
  readonly detail: string;
  readonly weights: (input: RuleInput) => RuleWeights;
}

const RULES: readonly RuleEntry[] = [
  { rule: 'product', detail: `∏ 1/(Q_i + α), ${PAPER_BINS} bins per dimension (Amini et al. 2019)`, weights: productWeights },
  { rule: 'max', detail: `largest of 1/(Q_i + α) over dimensions, ${PAPER_BINS} bins per dimension`, weights: maxWeights },
  { rule: 'joint', detail: '(1/(q/median q + α))^τ on the joint density', weights: jointWeights },
  { rule: 'component', detail: 'Σ_k r_k π_k^(−τ) over the mixture’s components', weights: componentWeights },
];

export interface DebiasRules {
  readonly rules: readonly DebiasRule[];
  readonly chosen: DebiasRule;
  /** [n] of the chosen rule, sum n */
  readonly weights: Float64Array;
  readonly notes: readonly string[];
}

interface Weighed {
  readonly entry: RuleEntry;
  readonly result: RuleWeights;
  readonly thin: Thinness;
  readonly stability: number | null;
}

/** Rules that may be chosen: the weights of the others are described and let go. */
const CHOICES: ReadonlySet<DebiasRule['rule']> = new Set(['joint', 'component']);

function describe({ entry: { rule, detail }, result: { weights, tau, lowered }, thin, stability }: Weighed, groupings: readonly Grouping[]): DebiasRule {
  const ess = effectiveSampleSize(weights);
  let largest = 0, least = Infinity;
  for (const weight of weights) {
    largest = Math.max(largest, weight);
    least = Math.min(least, weight);
  }
  return { rule, detail, tau, ess, essShare: ess / weights.length, maxWeight: largest, minWeight: least, ...thin, stability, capped: lowered, chosen: false,
    groups: groupShares(weights, groupings) };
}

/**
 * All rules side by side and the weights of the chosen one: `joint`, or `component` where it is shown to lift what is thin.
 * `product` and `max` are there to compare with: they look at one dimension at a time.
 */
export function debiasRules(input: RuleInput, groupings: readonly Grouping[]): DebiasRules {
  const thin = thinRows(input.logDensity, input.flagged);
  const weights = new Map<DebiasRule['rule'], Float64Array>();
  const weighed = RULES.filter(({ rule }) => rule !== 'component' || input.mixture !== null).map((entry): DebiasRule => {
    const result = entry.weights(input), stability = entry.rule === 'component' ? componentStability(input, input.furtherMixtures ?? []) : null;
    if (CHOICES.has(entry.rule)) weights.set(entry.rule, result.weights);
    return describe({ entry, result, thin: thinness(result.weights, thin), stability }, groupings);
  });
  const { rule, reason } = chooseRule(weighed), notes = [reason];
  const rules = weighed.map((each) => (each.rule === rule ? { ...each, chosen: true } : each)), chosen = rules.find((each) => each.chosen)!;
  if (chosen.tau !== null && chosen.tau < 1) {
    notes.push(`The exponent τ = ${chosen.tau.toPrecision(3)} is the largest that keeps an effective sample size of ${input.essFloor} of the rows.`);
  }
  notes.push(...groupNotes(chosen, thin, groupings));
  return { rules, chosen, weights: weights.get(rule)!, notes };
}
