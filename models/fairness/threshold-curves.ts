import { normalCritical } from '../stats/normal.ts';
import { tTailQuantile } from '../stats/student.ts';
import type { GroupingStudy } from './grouping-study.ts';
import { codesOf } from './marginal.ts';
import { extremes } from './rate-disparities.ts';
import { differenceEnds } from './rate-gap.ts';
import type { RateFamily } from './rates.ts';
import type { ScoreInput } from './score-disparities.ts';
import type { ThresholdCurve } from './types.ts';

const STEPS = 50;

/** Thresholds at which gaps are shown: equal steps inside the score's range. */
export function thresholdGrid([low, high]: readonly [number, number]): number[] {
  return Array.from({ length: STEPS - 1 }, (_, i) => low + ((high - low) * (i + 1)) / STEPS);
}

/** Rows (or weights) of each group by label (0, 1, missing) and by how many thresholds the score reaches. */
interface Histogram { readonly cells: Float64Array; readonly width: number; readonly groups: number }

function histogram(study: GroupingStudy, { cellOfRow, scores, labels, design }: ScoreInput, grid: readonly number[]): Histogram {
  const codes = codesOf(study.marginal, cellOfRow), groups = study.levels.length, width = grid.length + 1;
  const cells = new Float64Array(groups * 3 * width), weights = design?.weights ?? null, first = grid[0]!, step = grid[1]! - first;
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row]!;
    if (Number.isNaN(score)) continue;
    let reached = Math.max(0, Math.min(grid.length, Math.floor((score - first) / step) + 1));
    // Rounding of the division must not decide: the thresholds themselves do.
    while (reached < grid.length && score >= grid[reached]!) reached++;
    while (reached > 0 && score < grid[reached - 1]!) reached--;
    const label = labels === null || labels[row] === 255 ? 2 : labels[row]!;
    cells[(codes[row]! * 3 + label) * width + reached]! += weights === null ? 1 : weights[row]!;
  }
  return { cells, width, groups };
}

/** Events and trials by group of what a threshold makes: positives and negatives are those at or above it. */
type Counted = (selected: readonly [number, number, number], all: readonly [number, number, number]) => readonly [number, number];

/** [label 0, label 1, no label] of the selected rows and of all. */
const RATES: Readonly<Record<string, Counted>> = {
  demographic_parity_difference: (s, a) => [s[0] + s[1] + s[2], a[0] + a[1] + a[2]],
  true_positive_rate_difference: (s, a) => [s[1], a[1]],
  false_positive_rate_difference: (s, a) => [s[0], a[0]],
  positive_predictive_value_difference: (s) => [s[1], s[0] + s[1]],
  negative_predictive_value_difference: (s, a) => [a[0] - s[0], a[0] - s[0] + a[1] - s[1]],
  accuracy_difference: (s, a) => [s[1] + a[0] - s[0], a[0] + a[1]],
};

function familyAt({ cells, width, groups }: Histogram, threshold: number, counted: Counted): RateFamily {
  const counts = Array.from({ length: groups }, (_, g) => {
    const sum = (label: number, from: number): number => {
      let total = 0;
      for (let bin = from; bin < width; bin++) total += cells[(g * 3 + label) * width + bin]!;
      return total;
    };
    return counted([sum(0, threshold + 1), sum(1, threshold + 1), sum(2, threshold + 1)], [sum(0, 0), sum(1, 0), sum(2, 0)]);
  });
  const kept = counts.flatMap(([, n], g) => (n > 0 ? [g] : []));
  return { x: Float64Array.from(kept, (g) => counts[g]![0]), n: Float64Array.from(kept, (g) => counts[g]![1]), groups: Int32Array.from(kept) };
}

/**
 * Every gap as a function of the threshold. Intervals hold at one threshold at a time: the lower end takes the union bound over
 * all pairs, the upper needs no correction; none with weights or clusters.
 */
export function thresholdCurves(study: GroupingStudy, input: ScoreInput): ThresholdCurve[] {
  const grid = thresholdGrid(input.range), counts = histogram(study, input, grid), { level } = study.settings;
  const names = Object.keys(RATES).filter((name) => input.labels !== null || name === 'demographic_parity_difference');
  const family = (names_: readonly string[], t: number): RateFamily[] => names_.map((name) => familyAt(counts, t, RATES[name]!));
  const curve = (metric: string, of: readonly string[]): ThresholdCurve => {
    const points = grid.map((_, t) => {
      const families = family(of, t);
      if (families.some(({ groups }) => groups.length < 2)) return { value: null, interval: null };
      const value = Math.max(...families.map((each) => { const { most, least } = extremes(each); return most - least; }));
      if (study.designed) return { value, interval: null };
      const pairs = families.reduce((sum, { groups }) => sum + groups.length * (groups.length - 1), 0);
      const ends = differenceEnds(families, 0);
      return { value, interval: [ends.near(tTailQuantile((1 - level) / pairs, null)), ends.far(normalCritical(level))] as const };
    });
    return { attribute: study.attribute, metric, thresholds: grid, values: points.map(({ value }) => value), intervals: points.map(({ interval }) => interval),
      note: study.designed ? 'no intervals with weights or clusters' : 'intervals hold at one threshold at a time; null where fewer than two groups have rows' };
  };
  const single = names.map((name) => curve(name, [name]));
  return input.labels === null ? single : [...single, curve('equalized_odds_difference', ['true_positive_rate_difference', 'false_positive_rate_difference'])];
}
