/** `penumbra/stats`: intervals, tests, adjustments, ranks, and random streams that are the same everywhere. Pure maths. */
export { randomStream, type RandomStream } from '../../models/engine/random.ts';
export { benjaminiHochberg, benjaminiYekutieli, holm } from '../../models/stats/adjust.ts';
export { auroc, type Auroc } from '../../models/stats/delong.ts';
export { fisherExact } from '../../models/stats/fisher.ts';
export { mantelHaenszel, type Stratum } from '../../models/stats/mantel-haenszel.ts';
export { newcombe } from '../../models/stats/newcombe.ts';
export { normalCritical, normalTail, normalTailQuantile } from '../../models/stats/normal.ts';
export { midRanks } from '../../models/stats/ranks.ts';
export { ratioScore } from '../../models/stats/score-ratio.ts';
export { pearson, spearman } from '../../models/stats/spearman.ts';
export { tCritical, tTail, tTailQuantile } from '../../models/stats/student.ts';
export { wilson } from '../../models/stats/wilson.ts';
