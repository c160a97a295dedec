import type { Grouping } from '../table.ts';
import { mantelHaenszel, type Stratum } from '../stats/mantel-haenszel.ts';
import { newcombe } from '../stats/newcombe.ts';
import { wilson } from '../stats/wilson.ts';
import { rateEvents } from './rates.ts';
import { NOT_WITH_DESIGN, type GroupingStudy } from './grouping-study.ts';
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
  const [low, high] = wilson(nd, nd + na, level);
  const imbalance = row('class_imbalance', (na - nd) / (na + nd), [1 - 2 * high, 1 - 2 * low], null);
  const others = ['difference_in_proportions', ...Object.keys(DISTANCES)];
  if (nd === 0 || na === 0) {
    const reason = nd === 0 ? 'no row of this group has a label' : 'all labelled rows are of this group';
    return [imbalance, ...others.map((metric) => row(metric, null, null, reason))];
  }
  const gap = newcombe(xa, na, xd, nd, level);
  const distances = (Object.keys(DISTANCES) as (keyof typeof DISTANCES)[]).map((metric) =>
    row(metric, DISTANCES[metric](xa / na, xd / nd), foldedInterval(metric, facets, gap),
      `between equal facets of these sizes chance alone would show about ${noiseFloor(metric, facets).toPrecision(3)}`));
  return [imbalance, row('difference_in_proportions', xa / na - xd / nd, gap, null), ...distances];
}

/** Positive labels and labelled rows of each stratum × group. */
function stratify(grouping: Grouping, strata: Grouping, labels: Uint8Array, weights: Float64Array | null): { x: Float64Array; n: Float64Array; width: number } {
  const width = grouping.levels.length;
  const x = new Float64Array(strata.levels.length * width), n = new Float64Array(x.length);
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] === 255) continue;
    const cell = strata.codes[row]! * width + grouping.codes[row]!;
    const weight = weights === null ? 1 : weights[row]!;
    n[cell]! += weight;
    x[cell]! += weight * labels[row]!;
  }
  return { x, n, width };
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

function conditionalRows(study: GroupingStudy, group: number, cells: ReturnType<typeof stratify>, strata: Grouping): DataMetric[] {
  const tables: Stratum[] = [], onesided: string[] = [];
  for (const [s, level] of strata.levels.entries()) {
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

/** Clarify's pre-training metrics of each group (facet d) against all other rows (facet a), on labels. */
export function dataMetrics(study: GroupingStudy, grouping: Grouping, labels: Uint8Array | null, strata: Grouping | null): DataMetric[] {
  const names = ['class_imbalance', 'difference_in_proportions', ...Object.keys(DISTANCES), 'conditional_demographic_disparity'];
  const missing = (group: string, metric: string, note: string): DataMetric => ({ attribute: study.attribute, metric, group, value: null, interval: null, note });
  if (labels === null) return study.levels.flatMap((group) => names.map((metric) => missing(group, metric, 'needs a label, and the data has none')));
  const events = study.levels.map((_, group) => rateEvents('base_rate', study.counts, group));
  const x = events.reduce((sum, each) => sum + each.x, 0), n = events.reduce((sum, each) => sum + each.n, 0);
  const cells = strata === null ? null : stratify(grouping, strata, labels, study.design?.weights ?? null);
  const rows = study.levels.flatMap((name, group) => {
    const own = events[group]!;
    const conditional = cells === null || strata === null
      ? [missing(name, 'conditional_demographic_disparity', 'needs declared strata (fairness.strata)')] : conditionalRows(study, group, cells, strata);
    return [...groupRows(study, group, { xd: own.x, nd: own.n, xa: x - own.x, na: n - own.n }), ...conditional];
  });
  return study.design === null ? rows : rows.map((row) => ({ ...row, interval: null, note: row.value === null ? row.note : `intervals of data metrics are ${NOT_WITH_DESIGN}` }));
}
