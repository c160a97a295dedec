import { mantelHaenszel, type Stratum } from '../stats/mantel-haenszel.ts';
import { newcombe } from '../stats/newcombe.ts';
import { wilson } from '../stats/wilson.ts';
import { rateEvents } from './rates.ts';
import { tCritical } from '../stats/student.ts';
import type { GroupingStudy } from './grouping-study.ts';
import { marginal } from './marginal.ts';
import { wholeStatistic } from './smooth-estimates.ts';
import { OUTCOMES } from './tally.ts';
import type { DataMetric, Interval } from './types.ts';

/** Facet d (the group) and facet a (all other rows): positive labels and labelled rows. */
interface Facets { readonly xd: number; readonly nd: number; readonly xa: number; readonly na: number }

/** Σ p ln(p/q) over outcomes that both have (Clarify leaves out the others). */
function divergence(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, share, i) => (share > 0 && q[i]! > 0 ? sum + share * Math.log(share / q[i]!) : sum), 0);
}

/** Clarify's distances between the label distributions of a and d, from the two shares of positive labels. */
export const DISTANCES: Readonly<Record<'kl' | 'js' | 'lp' | 'tvd' | 'ks', (pa: number, pd: number) => number>> = {
  kl: (pa, pd) => divergence([1 - pa, pa], [1 - pd, pd]),
  js: (pa, pd) => {
    const middle = [1 - (pa + pd) / 2, (pa + pd) / 2];
    return (divergence([1 - pa, pa], middle) + divergence([1 - pd, pd], middle)) / 2;
  },
  lp: (pa, pd) => Math.SQRT2 * Math.abs(pa - pd),
  tvd: (pa, pd) => Math.abs(pa - pd),
  ks: (pa, pd) => Math.abs(pa - pd),
};

/** E[χ²₁] = 1 and E|N(0, 1)| = √(2/π), for what a distance shows between facets that are equal. */
function noiseFloor(metric: keyof typeof DISTANCES, { xd, nd, xa, na }: Facets): number {
  const share = 1 / na + 1 / nd, rate = (xd + xa) / (nd + na);
  if (metric === 'kl') return share / 2;
  if (metric === 'js') return share / 8;
  const distance = Math.sqrt((2 / Math.PI) * rate * (1 - rate) * share);
  return metric === 'lp' ? Math.SQRT2 * distance : distance;
}

/** The interval of the signed difference carried over to a distance, the share of all rows held where it is. */
function foldedInterval(metric: keyof typeof DISTANCES, { xd, nd, xa, na }: Facets, [low, high]: Interval): Interval {
  const rate = (xd + xa) / (nd + na);
  const at = (difference: number): number => {
    const pa = Math.min(1, Math.max(0, rate + (difference * nd) / (nd + na)));
    return DISTANCES[metric](pa, Math.min(1, Math.max(0, pa - difference)));
  };
  const ends = [at(low), at(high)];
  return [low <= 0 && high >= 0 ? 0 : Math.min(...ends), Math.max(...ends)];
}

function groupRows(study: GroupingStudy, group: number, facets: Facets): DataMetric[] {
  const { level } = study.settings;
  const { xd, nd, xa, na } = facets;
  const row = (metric: string, value: number | null, interval: Interval | null, note: string | null): DataMetric =>
    ({ attribute: study.attribute, metric, group: study.levels[group]!, value, interval, note });
  if (nd + na === 0) return ['class_imbalance', 'difference_in_proportions', ...Object.keys(DISTANCES)].map((metric) => row(metric, null, null, 'no row has a label'));
  const [low, high] = wilson(nd, nd + na, level);
  const imbalance = row('class_imbalance', (na - nd) / (na + nd), study.designed ? linearisedImbalance(study, group) : [1 - 2 * high, 1 - 2 * low], null);
  const others = ['difference_in_proportions', ...Object.keys(DISTANCES)];
  if (nd === 0 || na === 0) {
    const reason = nd === 0 ? 'no row of this group has a label' : 'all labelled rows are of this group';
    return [imbalance, ...others.map((metric) => row(metric, null, null, reason))];
  }
  const gap = study.designed ? linearisedGap(study, group) : newcombe(xa, na, xd, nd, level);
  const distances = (Object.keys(DISTANCES) as (keyof typeof DISTANCES)[]).map((metric) =>
    row(metric, DISTANCES[metric](xa / na, xd / nd), foldedInterval(metric, facets, gap),
      study.designed ? null : `between equal facets of these sizes chance alone would show about ${noiseFloor(metric, facets).toPrecision(3)}`));
  return [imbalance, row('difference_in_proportions', xa / na - xd / nd, gap, null), ...distances];
}

interface Stratified { readonly levels: readonly string[]; readonly x: Float64Array; readonly n: Float64Array; readonly width: number }

/** Positive labels and labelled rows (or their weights) of each stratum × group. */
function stratify({ tally, marginal: { groupOfCell, levels } }: GroupingStudy, strata: readonly number[]): Stratified {
  const across = marginal(tally, strata), width = levels.length, cells = tally.weights ?? tally.rows;
  const x = new Float64Array(across.levels.length * width), n = new Float64Array(x.length);
  for (let i = 0; i < cells.length; i++) {
    const label = Math.floor((i % OUTCOMES) / 3), cell = Math.floor(i / OUTCOMES);
    if (label === 2) continue;
    const at = across.groupOfCell[cell]! * width + groupOfCell[cell]!;
    n[at]! += cells[i]!;
    x[at]! += cells[i]! * label;
  }
  return { levels: across.levels, x, n, width };
}

/** Clarify's weighted mean over strata of (share of rejected rows that are d − share of accepted rows that are d); 0/0 counts as 0. */
function conditionalDisparity(strata: readonly Stratum[]): number {
  let sum = 0, rows = 0;
  for (const { x1: xd, n1: nd, x2: xa, n2: na } of strata) {
    const accepted = xd + xa, rejected = nd + na - accepted;
    const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
    sum += (nd + na) * (share(nd - xd, rejected) - share(xd, accepted));
    rows += nd + na;
  }
  return sum / rows;
}

function conditionalRows(study: GroupingStudy, group: number, cells: Stratified): DataMetric[] {
  const tables: Stratum[] = [], onesided: string[] = [];
  for (const [s, level] of cells.levels.entries()) {
    const at = (values: Float64Array): Float64Array => values.subarray(s * cells.width, (s + 1) * cells.width);
    const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
    const x1 = at(cells.x)[group]!, n1 = at(cells.n)[group]!, x2 = total(at(cells.x)) - x1, n2 = total(at(cells.n)) - n1;
    if (n1 + n2 === 0) continue;
    tables.push({ x1, n1, x2, n2 });
    if (x1 + x2 === 0 || x1 + x2 === n1 + n2) onesided.push(level);
  }
  const adjusted = mantelHaenszel(tables, study.settings.level);
  const base = { attribute: study.attribute, group: study.levels[group]! };
  const named = onesided.length === 0 ? null
    : `strata without positive or without other labels: ${onesided.slice(0, 5).join(', ')}${onesided.length > 5 ? ` and ${onesided.length - 5} more` : ''}`;
  return [
    { ...base, metric: 'conditional_demographic_disparity', value: conditionalDisparity(tables), interval: null,
      note: `the interval is that of mantel_haenszel_difference${named === null ? '' : `; ${named}`}` },
    { ...base, metric: 'mantel_haenszel_difference', value: adjusted === null ? null : -adjusted.value,
      interval: adjusted === null ? null : [-adjusted.interval[1], -adjusted.interval[0]],
      note: adjusted === null ? 'no stratum has rows on both sides' : 'positive labels of all others minus those of this group, within strata (Sato\'s variance)' },
  ];
}

/** With weights or clusters: the difference of the label rates linearised over them, Student's t. */
function linearisedGap(study: GroupingStudy, group: number): Interval {
  const gap = (totals: Float64Array): number => {
    let xd = 0, nd = 0, x = 0, n = 0;
    for (let i = 0; i < totals.length; i++) {
      const label = Math.floor((i % OUTCOMES) / 3), own = Math.floor(i / OUTCOMES) === group;
      if (label === 2) continue;
      n += totals[i]!;
      x += totals[i]! * label;
      if (own) { nd += totals[i]!; xd += totals[i]! * label; }
    }
    return (x - xd) / (n - nd) - xd / nd;
  };
  const { variance, degrees } = wholeStatistic(study.tally, study.marginal, gap), value = gap(study.counts.cells);
  const half = tCritical(study.settings.level, degrees) * Math.sqrt(Math.max(0, variance));
  return [Math.max(-1, value - half), Math.min(1, value + half)];
}

/** The same for class imbalance, 1 − 2·(share of the group). */
function linearisedImbalance(study: GroupingStudy, group: number): Interval {
  const imbalance = (totals: Float64Array): number => {
    let own = 0, all = 0;
    for (let i = 0; i < totals.length; i++) {
      if (Math.floor((i % OUTCOMES) / 3) === 2) continue;
      all += totals[i]!;
      if (Math.floor(i / OUTCOMES) === group) own += totals[i]!;
    }
    return 1 - (2 * own) / all;
  };
  const { variance, degrees } = wholeStatistic(study.tally, study.marginal, imbalance), value = imbalance(study.counts.cells);
  const half = tCritical(study.settings.level, degrees) * Math.sqrt(Math.max(0, variance));
  return [Math.max(-1, value - half), Math.min(1, value + half)];
}

/**
 * Clarify's pre-training metrics of each group (facet d) against all other rows (facet a), on labels.
 * @param strata positions of the declared strata among the tally's attributes; empty: none are declared
 */
export function dataMetrics(study: GroupingStudy, strata: readonly number[]): DataMetric[] {
  const names = ['class_imbalance', 'difference_in_proportions', ...Object.keys(DISTANCES), 'conditional_demographic_disparity'];
  const missing = (group: string, metric: string, note: string): DataMetric => ({ attribute: study.attribute, metric, group, value: null, interval: null, note });
  if (!study.hasLabel) return study.levels.flatMap((group) => names.map((metric) => missing(group, metric, 'needs a label, and the data has none')));
  const events = study.levels.map((_, group) => rateEvents('base_rate', study.counts, group));
  const x = events.reduce((sum, each) => sum + each.x, 0), n = events.reduce((sum, each) => sum + each.n, 0);
  const cells = strata.length === 0 ? null : stratify(study, strata);
  return study.levels.flatMap((name, group) => {
    const own = events[group]!;
    const conditional = cells === null ? [missing(name, 'conditional_demographic_disparity', 'needs declared strata (fairness.strata)')]
      : conditionalRows(study, group, cells).map((row) => (study.designed && row.interval !== null
        ? { ...row, interval: null, note: 'Sato\'s variance holds for independent rows; with weights or clusters there is no interval' } : row));
    return [...groupRows(study, group, { xd: own.x, nd: own.n, xa: x - own.x, na: n - own.n }), ...conditional];
  });
}
