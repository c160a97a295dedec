import { gapText } from '../../activities/compare-night.ts';
import { logGapEvidence } from '../../models/nights/gap-process.ts';
import { gapSequence, type WatchSettings, type WatchState } from '../../models/nights/watch.ts';
import type { ComparePage } from '../../reports/compare/compare-page.ts';
import { points, pointsInterval, shortNumber } from '../../reports/number-text.ts';

/** Every watched gap, what its baseline is, where it stands over the nights, and how much evidence there is that it grew. Null without one. */
export function watchTable(state: WatchState, { alpha, baselineNights }: WatchSettings): NonNullable<ComparePage['watch']> | null {
  const gaps = Object.entries(state);
  if (gaps.length === 0) return null;
  const family = gaps.filter(([, { process, alarmed }]) => process !== null && alarmed === null).length;
  const rows = gaps.map(([key, gap]) => {
    const { gathered, baseline, process, alarmed, recent } = gap, now = gapSequence(gap, alpha), evidence = process === null ? null : Math.exp(Math.min(700, logGapEvidence(process)));
    return [gapText(key), baseline === null ? `gathering: ${gathered.length} of ${baselineNights} nights` : points(baseline.value), process === null ? null : points(process.theta0), points(recent.at(-1)?.value), now === null ? null : pointsInterval(now.interval),
      evidence === null ? null : shortNumber(evidence), alarmed === null ? 'watched' : `alarmed ${alarmed.slice(0, 10)}`];
  });
  const promise = `one alarms when the evidence that it has grown for good reaches ${shortNumber(family / alpha)} to 1, which all of them together do falsely with a probability of at most ${Math.round(100 * alpha)} %, however long they are watched`;
  return { lead: family === 0 ? 'No gap is in the watch: baselines are being gathered, or alarms wait to be acknowledged.' : `${family} ${family === 1 ? 'gap is' : 'gaps are'} watched together: ${promise}.`,
    columns: ['Gap', 'Baseline', 'Counts from', 'Tonight', 'Over the nights', 'Evidence', 'State'], rows };
}
