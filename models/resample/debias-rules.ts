import type { Grouping } from '../table.ts';
import { componentWeights } from './component-weights.ts';
import { groupShares } from './group-shares.ts';
import { jointWeights } from './joint-weights.ts';
import { maxWeights } from './max-weights.ts';
import { PAPER_BINS, productWeights } from './product-weights.ts';
import type { RuleInput, RuleWeights } from './rule.ts';
import { thinness, thinRows } from './thinness.ts';
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
  readonly thin: ReturnType<typeof thinness>;
}

function describe({ entry: { rule, detail }, result: { weights, tau, lowered }, thin }: Weighed, groupings: readonly Grouping[], chosen: boolean): DebiasRule {
  const ess = effectiveSampleSize(weights);
  let largest = 0, least = Infinity;
  for (const weight of weights) {
    largest = Math.max(largest, weight);
    least = Math.min(least, weight);
  }
  return { rule, detail, tau, ess, essShare: ess / weights.length, maxWeight: largest, minWeight: least, ...thin, capped: lowered, chosen,
    groups: groupShares(weights, groupings) };
}

/**
 * A component can be rare because it is a small cluster in a thin region, or because it is a tight one in a dense region. Only where
 * weight rises with thinness over all rows is the first the case, and lifting rare components what debiasing means.
 */
function choose(weighed: readonly Weighed[]): { readonly rule: DebiasRule['rule']; readonly reason: string } {
  const component = weighed.find(({ entry }) => entry.rule === 'component');
  if (component === undefined) return { rule: 'joint', reason: 'The rule joint was chosen: the density has no mixture of two or more components to lift by.' };
  const correlation = component.thin.thinCorrelation ?? 0, shown = correlation.toFixed(2);
  return correlation > 0
    ? { rule: 'component', reason: `The rule component was chosen: the mixture's rare components lie where data is thin (weight and thinness correlate at ${shown}), and at the same effective sample size it lifts a rare cluster further than joint does.` }
    : { rule: 'joint', reason: `The rule joint was chosen: the mixture's rare components are tight clusters where data is dense (weight and thinness correlate at ${shown}), so that component would lift what is covered well.` };
}

/**
 * All rules side by side and the weights of the chosen one: `component` when the chosen density is a mixture whose rare components
 * are thin, `joint` otherwise. `product` and `max` are there to compare with: they look at one dimension at a time.
 */
export function debiasRules(input: RuleInput, groupings: readonly Grouping[]): DebiasRules {
  const thin = thinRows(input.logDensity, input.flagged);
  const weighed = RULES.filter(({ rule }) => rule !== 'component' || input.mixture !== null).map((entry): Weighed => {
    const result = entry.weights(input);
    return { entry, result, thin: thinness(result.weights, thin) };
  });
  const { rule, reason } = choose(weighed), notes = [reason];
  const rules = weighed.map((each) => describe(each, groupings, each.entry.rule === rule)), chosen = rules.find((each) => each.chosen)!;
  if (chosen.tau !== null && chosen.tau < 1) {
    notes.push(`The exponent τ = ${chosen.tau.toPrecision(3)} is the largest that keeps an effective sample size of ${input.essFloor} of the rows.`);
  }
  return { rules, chosen, weights: weighed.find(({ entry }) => entry.rule === rule)!.result.weights, notes };
}
