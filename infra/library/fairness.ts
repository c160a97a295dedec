/** `penumbra/fairness`: who is treated differently, by how much, and whether the data can tell. Pure maths; loads no Temporal and no tensors. */
export { assessFairness } from './assess-fairness.ts';
export type { FairnessQuestion, YesNo } from './fairness-question.ts';
export type { CellValues } from './column.ts';
export { auditFairness, type FairnessAudit } from '../../models/fairness/audit-fairness.ts';
export { consistency } from '../../models/fairness/consistency.ts';
export { detectableDifference, detectableRatio, type PairAtPooledRate } from '../../models/fairness/detectable.ts';
export { escapeName, groupBy, intersect, MISSING_GROUP } from '../../models/fairness/groups.ts';
export { automaticHeadline, DISPARITY_NAMES, headlineMetric } from '../../models/fairness/headline.ts';
export { entropy2, theil } from '../../models/fairness/individual.ts';
export type { FairnessSettings } from '../../models/fairness/settings.ts';
export type * from '../../models/fairness/types.ts';
export type { Grouping } from '../../models/table.ts';
