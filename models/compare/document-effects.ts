import type { TrainingSummary } from '../networks/types.ts';
import type { OutlierSummary } from '../outliers/types.ts';
import type { DebiasSummary } from '../resample/types.ts';
import { tCritical } from '../stats/student.ts';
import { measuredEffect, plainChange, TEXT } from './effect.ts';
import { LIMITS } from './judge.ts';
import type { Effect } from './types.ts';

/** Effective sample size of the chosen debiasing weights, as a share of the rows. One fit each: judged by its size alone. */
export function weightsEffects(before: DebiasSummary | null, after: DebiasSummary | null): readonly Effect[] {
  const share = (summary: DebiasSummary | null): number | null => summary?.rules.find((rule) => rule.chosen)?.essShare ?? null;
  const a = share(before), b = share(after);
  if (a === null || b === null) return [];
  return [measuredEffect({ kind: 'weights', subject: 'debiasing weights', measure: 'ess_share', before: a, after: b, value: b - a, interval: null, limit: LIMITS.ess, text: TEXT.share,
    what: 'debiasing weights: effective sample size as a share of the rows changes by', note: 'one fit in each audit: judged by its size alone, without an interval' })];
}

interface SeedMoments { readonly mean: number; readonly variance: number; readonly n: number }

function momentsOf(values: readonly number[]): SeedMoments {
  const n = values.length, mean = values.reduce((sum, value) => sum + value, 0) / n;
  return { n, mean, variance: n > 1 ? values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) / n : Number.NaN };
}

const bestLoss = (summary: TrainingSummary): number => summary.epochs.find(({ epoch }) => epoch === summary.bestEpoch)?.validationLoss ?? summary.epochs.at(-1)?.validationLoss ?? Number.NaN;

/** Held-out loss over the seeds, relative to the first audit's, and whether the networks still use their latent units. */
export function trainingEffects(before: readonly TrainingSummary[] | null, after: readonly TrainingSummary[] | null, level: number): readonly Effect[] {
  if (before === null || after === null || before.length === 0 || after.length === 0) return [];
  const health = [...broken(after), ...collapsed(before, after)], a = momentsOf(before.map(bestLoss)), b = momentsOf(after.map(bestLoss));
  if (!Number.isFinite(a.mean) || !Number.isFinite(b.mean) || a.mean === 0) return health;
  const scale = Math.abs(a.mean), value = (b.mean - a.mean) / scale, freedom = a.n + b.n - 2, variance = (a.variance + b.variance) / scale ** 2;
  const half = Number.isFinite(variance) && freedom > 0 ? tCritical(level, freedom) * Math.sqrt(variance) : null;
  return [...health, measuredEffect({ kind: 'training', subject: 'held-out loss', measure: 'relative_loss', before: a.mean, after: b.mean, value, interval: half === null ? null : [value - half, value + half],
    limit: LIMITS.loss, what: 'training: held-out loss changes, relative to before, by', note: half === null ? 'one seed: judged by its size alone, without an interval' : null })];
}

function broken(after: readonly TrainingSummary[]): readonly Effect[] {
  const bad = after.filter((summary) => summary.epochs.some(({ loss, validationLoss }) => !Number.isFinite(loss ?? Number.NaN) || !Number.isFinite(validationLoss ?? Number.NaN)));
  return bad.length === 0 ? [] : [plainChange('training', 'loss', 'not_finite', `training: the loss of seed ${bad.map(({ seed }) => seed).join(', ')} is no finite number`)];
}

function collapsed(before: readonly TrainingSummary[], after: readonly TrainingSummary[]): readonly Effect[] {
  const active = (summaries: readonly TrainingSummary[]): number => Math.max(...summaries.map(({ muVariance }) => muVariance.filter((variance) => variance > 0.01).length));
  return active(before) > 0 && active(after) === 0 ? [plainChange('training', 'latent units', 'collapsed', `training: no latent unit carries information any more; ${active(before)} did`)] : [];
}

/** Of the strangest rows before that are still there, how many are among the strangest after; told, never judged: another seed moves it too. */
export function topOverlap(before: OutlierSummary | null, after: OutlierSummary | null, stillThere: (id: string) => boolean): string | null {
  if (before === null || after === null || before.top.length === 0 || after.top.length === 0) return null;
  const kept = before.top.filter(({ id }) => stillThere(id)), ids = new Set(after.top.map(({ id }) => id));
  return kept.length === 0 ? null : `Of the ${kept.length} strangest rows before that are still there, ${kept.filter(({ id }) => ids.has(id)).length} are among the ${after.top.length} strangest after.`;
}
