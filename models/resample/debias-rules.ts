import type { Grouping } from '../table.ts';
import { componentWeights } from './component-weights.ts';
import { groupShares } from './group-shares.ts';
import { jointWeights } from './joint-weights.ts';
import { maxWeights } from './max-weights.ts';
import { PAPER_BINS, productWeights } from './product-weights.ts';
import type { RuleInput, RuleWeights } from './rule.ts';
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

function describe({ rule, detail }: RuleEntry, { weights, tau, lowered }: RuleWeights, groupings: readonly Grouping[], chosen: boolean): DebiasRule {
  const ess = effectiveSampleSize(weights);
  let largest = 0, least = Infinity;
  for (const weight of weights) {
    largest = Math.max(largest, weight);
    least = Math.min(least, weight);
  }
  return { rule, detail, tau, ess, essShare: ess / weights.length, maxWeight: largest, minWeight: least, capped: lowered, chosen,
    groups: groupShares(weights, groupings) };
}

function reason(chosen: DebiasRule['rule']): string {
  return chosen === 'component'
    ? 'The rule component was chosen: at the same effective sample size it lifts a rare cluster further than joint does, and as far with many dimensions as with few.'
    : 'The rule joint was chosen: the density has no mixture of two or more components to lift by.';
}

/**
 * All rules side by side and the weights of the chosen one: `component` when the chosen density is a mixture of at least two
 * components, `joint` otherwise. `product` and `max` are there to compare with: they look at one dimension at a time.
 */
export function debiasRules(input: RuleInput, groupings: readonly Grouping[]): DebiasRules {
  const chosenRule = input.mixture === null ? 'joint' : 'component';
  const notes = [reason(chosenRule)], rules: DebiasRule[] = [];
  let weights = new Float64Array(0);
  for (const entry of RULES.filter(({ rule }) => rule !== 'component' || input.mixture !== null)) {
    const result = entry.weights(input), chosen = entry.rule === chosenRule;
    rules.push(describe(entry, result, groupings, chosen));
    if (chosen) weights = Float64Array.from(result.weights);
  }
  const chosen = rules.find((rule) => rule.chosen)!;
  if (chosen.tau !== null && chosen.tau < 1) {
    notes.push(`The exponent τ = ${chosen.tau.toPrecision(3)} is the largest that keeps an effective sample size of ${input.essFloor} of the rows.`);
  }
  return { rules, chosen, weights, notes };
}
