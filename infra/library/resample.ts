/** `penumbra/resample`: weights that lift thin regions, held to an effective sample size, and draws by them. Pure maths. */
export { debiasRules, type DebiasRules } from '../../models/resample/debias-rules.ts';
export type { RuleInput, RuleWeights } from '../../models/resample/rule.ts';
export { systematicResample } from '../../models/resample/systematic-resample.ts';
export { takeRows } from '../../models/resample/take-rows.ts';
export { effectiveSampleSize, normalisedWeights } from '../../models/resample/weights.ts';
export type * from '../../models/resample/types.ts';
