import type { DebiasRule } from './types.ts';

/** What a choice between rules rests on. */
export type RuleEvidence = Pick<DebiasRule, 'rule' | 'essShare' | 'thinLift' | 'decileWeights' | 'stability'>;

export interface RuleChoice {
  readonly rule: DebiasRule['rule'];
  readonly reason: string;
}

/** Share of joint's lift of the thinnest rows that component must reach. */
export const LEAST_LIFT = 0.8;
/** Correlation that component's weights must keep when the mixture is fitted anew. */
export const LEAST_STABILITY = 0.8;

const shown = (value: number): string => value.toFixed(2);
const percent = (share: number): string => `${Math.round(100 * share)} %`;

function failures({ thinLift, decileWeights, stability }: RuleEvidence, joint: RuleEvidence): string[] {
  const dense = decileWeights?.at(-1) ?? 1;
  return [
    ...(thinLift >= LEAST_LIFT * joint.thinLift ? [] : [`it gives the thinnest 5 % of rows a mean weight of ${shown(thinLift)} against joint's ${shown(joint.thinLift)} (${percent(LEAST_LIFT)} of that is asked for)`]),
    ...(dense <= 1 ? [] : [`it gives the densest tenth of rows a mean weight of ${shown(dense)}, where data is covered well`]),
    ...(stability === null || stability === undefined ? ['it is not known whether another fit of the mixture gives the same weights']
      : stability >= LEAST_STABILITY ? [] : [`another fit of the mixture gives weights that correlate with its own at only ${shown(stability)} (${shown(LEAST_STABILITY)} is asked for)`]),
  ];
}

/**
 * `component` where it does what debiasing means, `joint` otherwise. A component can be of small weight for lying where data is thin,
 * or for being a tight cluster where it is dense; and which components a mixture has differs between optima of EM. So its weights
 * must lift the thinnest 5 % of rows nearly as far as joint's do, leave the densest tenth at a mean of 1 at most, and come out alike
 * from further fits. joint does the first two by construction and needs no components.
 */
export function chooseRule(evidence: readonly RuleEvidence[]): RuleChoice {
  const component = evidence.find(({ rule }) => rule === 'component'), joint = evidence.find(({ rule }) => rule === 'joint');
  if (joint === undefined) throw new RangeError('joint is what other rules are held against');
  if (component === undefined) {
    return { rule: 'joint', reason: `The rule joint was chosen: the density has no mixture of two or more components to lift by. The thinnest 5 % of rows have a mean weight of ${shown(joint.thinLift)}, at an effective sample size of ${percent(joint.essShare)} of the rows.` };
  }
  const against = failures(component, joint), sizes = `effective sample sizes: joint ${percent(joint.essShare)}, component ${percent(component.essShare)} of the rows`;
  if (against.length > 0) return { rule: 'joint', reason: `The rule joint was chosen, which gives the thinnest 5 % of rows a mean weight of ${shown(joint.thinLift)}. Against component: ${against.join('; ')} (${sizes}).` };
  return { rule: 'component', reason: `The rule component was chosen: it gives the thinnest 5 % of rows a mean weight of ${shown(component.thinLift)} (joint: ${shown(joint.thinLift)}) and the densest tenth ${shown(component.decileWeights?.at(-1) ?? 1)}, and further fits of the mixture give weights that correlate with its own at ${shown(component.stability ?? 0)} or more (${sizes}).` };
}
