import { sha256 } from '../../activities/artifacts.ts';
import { gapText } from '../../activities/compare-night.ts';
import type { Alarm, StoredSchedule } from '../../activities/nightly-types.ts';
import type { Comparison, EffectKind } from '../../models/compare/types.ts';
import { gapSequence, type RaisedGap, type WatchedGap } from '../../models/nights/watch.ts';
import { drawChart } from '../../reports/charts/draw-chart.ts';
import { compareCharts } from '../../reports/compare/compare-charts.ts';
import { gapNightsChart } from '../../reports/compare/gap-nights-chart.ts';
import { newSlicesChart, type NewSlice } from '../../reports/compare/new-slices-chart.ts';
import { shortNumber } from '../../reports/number-text.ts';
import { standaloneSvg } from '../../reports/standalone-svg.ts';

export type Cause = Omit<Alarm, 'key' | 'severity'>;

const percentPoints = (value: number): string => `${(100 * value).toFixed(1).replace('-', '−')} points`;

/** Causes of one kind in both comparisons are one cause. Gaps are the watch's business: judged every night anew they would cry wolf. */
const DRIFTS: readonly (readonly [cause: string, title: string, kinds: readonly EffectKind[], chart: string])[] = [
  ['drift:groups', 'Groups came or went', ['group'], 'group-shares'], ['drift:data', 'The data drifted', ['data', 'column', 'latent'], 'column-drift'], ['drift:outliers', 'More or fewer outliers', ['outliers'], 'flagged-share'],
];

/** One cause for each kind of drift beyond what counts, against the last good night, the baseline, or both. */
export async function driftCauses(comparisons: readonly { readonly against: 'last' | 'baseline'; readonly comparison: Comparison; readonly command: string }[]): Promise<readonly Cause[]> {
  const causes: Cause[] = [];
  for (const [cause, title, kinds, chart] of DRIFTS) {
    const found = comparisons.map((each) => ({ ...each, effects: each.comparison.effects.filter(({ kind, verdict }) => kinds.includes(kind) && verdict === 'changed') })).filter(({ effects }) => effects.length > 0);
    const [first] = found;
    if (first === undefined) continue;
    const since = found.map(({ against }) => (against === 'last' ? 'the last good night' : 'the baseline')).join(' and '), [effect] = first.effects;
    causes.push({ cause, title, sentence: `Since ${since}: ${effect!.sentence}${first.effects.length > 1 ? `, and ${first.effects.length - 1} more` : ''}.`, interval: effect!.interval, chart: await chartOf(first.comparison, chart), command: first.command });
  }
  return causes;
}

async function chartOf(comparison: Comparison, name: string): Promise<string | null> {
  const chart = compareCharts(comparison).find((each) => each.name === name);
  return chart === undefined ? null : standaloneSvg(await drawChart(chart));
}

/** The cause of a gap whose evidence passed the bar. */
export async function gapCause({ key, logEvidence, bar }: RaisedGap, gap: WatchedGap, alpha: number, command: string): Promise<Cause> {
  const { baseline, process } = gap, now = gapSequence(gap, alpha), theta0 = process!.theta0;
  const since = now === null ? '' : ` Over the nights since it is ${percentPoints(now.value)} (${percentPoints(now.interval[0]).replace(' points', '')} to ${percentPoints(now.interval[1])}, on all nights at once).`;
  const sentence = `${gapText(key)} was ${percentPoints(baseline!.value)} in the baseline and has grown: its size is beyond ${percentPoints(theta0)}, which that baseline and the tolerance allow.${since} Evidence ${shortNumber(Math.exp(Math.min(logEvidence, 700)))} to 1; alarm from ${shortNumber(Math.exp(bar))}.`;
  return { cause: `gap:${key}`, title: 'A watched gap has grown', sentence, interval: now?.interval ?? null, chart: standaloneSvg(await drawChart(gapNightsChart(gapText(key), gap))), command };
}

/** New slices of one night overlap as a rule: they are one cause, named after the first. */
export async function sliceCause(found: readonly (NewSlice & { readonly sentence: string })[], command: string): Promise<readonly Cause[]> {
  const [first] = found, more = found.length - 1;
  if (first === undefined) return [];
  const sentence = more === 0 ? first.sentence : `${first.sentence}; and ${more} more such slice${more === 1 ? '' : 's'}, which may hold the same rows`;
  return [{ cause: `slice:${first.text}`, title: found.length === 1 ? 'A new slice of errors' : `${found.length} new slices of errors`, sentence, interval: first.interval, chart: standaloneSvg(await drawChart(newSlicesChart(found))), command }];
}

/** A cause as it is told, with a key that stays the same however often it is tried. */
export function alarmOf(cause: Cause, schedule: Pick<StoredSchedule, 'name'>, night: string): Alarm {
  return { ...cause, severity: 'alarm', key: sha256(`${schedule.name}\n${night}\n${cause.cause}`) };
}
