/*
 * Coverage of the intervals for changes of disparities between two audits that share rows, and their width beside that of intervals which take the audits for
 * independent (the root of the sum of squares of both audits' reaches). Usage: node test/bench/compare-coverage.ts [--trials 300] [--only text]
 */
import { parseArgs } from 'node:util';
import type { RowMatch } from '../../models/compare/match-rows.ts';
import { areaChanges } from '../../models/compare/paired-areas.ts';
import { calibrationGapChange } from '../../models/compare/paired-calibration.ts';
import { areaBetweenChange } from '../../models/compare/paired-curves.ts';
import { largestGapChange } from '../../models/compare/paired-largest.ts';
import { meanOfRates } from '../../models/compare/paired-odds.ts';
import { gapChange, rateChange, type RateChange } from '../../models/compare/paired-rates.ts';
import { eitherEnds, separateEnds } from '../../models/compare/separate-ends.ts';
import { randomStream, type RandomStream } from '../../models/engine/random.ts';
import { abroca } from '../../models/fairness/abroca.ts';
import { rankRows, type ScoredRows } from '../../models/fairness/auroc-by-group.ts';
import { calibrationBins, calibrationError, calibrationInterval, calibrationNoise } from '../../models/fairness/calibration.ts';
import { drawRateMaxT } from '../../models/fairness/max-t.ts';
import { criticalValue, joinMaxT } from '../../models/fairness/max-t-distribution.ts';
import { differenceEnds } from '../../models/fairness/rate-gap.ts';
import type { RateFamily } from '../../models/fairness/rates.ts';
import { normalCritical } from '../../models/stats/normal.ts';

/** Of the 10,000 that an audit draws: critical values a percent apart. */
const DRAWS = 1_000;
const LEVEL = 0.95, OUT = 255, PAIRS = ['auroc_difference', 'average_odds_difference', 'demographic_parity_difference'], METRICS = [...PAIRS, 'equalized_odds_difference', 'abroca', 'expected_calibration_error_difference'];

/** Groups of n rows each, of which `share` are in both audits; scores are those of a model that knows class means `distance` apart, off by `bias` and `noise` on the logit scale. */
interface Shape {
  readonly name: string;
  readonly groups: number;
  readonly n: number;
  readonly share: number;
  readonly noise: number;
  readonly distance: (audit: number, group: number) => number;
  readonly bias: (audit: number, group: number) => number;
}

const PARITY = { distance: () => 1.2, bias: () => 0 }, GAP = { distance: (_: number, g: number) => (g === 0 ? 1.4 : 0.7), bias: (_: number, g: number) => (g === 0 ? 0 : 0.5) };
const SHAPES: readonly Shape[] = [
  { name: 'same rows, other seed, parity; 2 × 500', groups: 2, n: 500, share: 1, noise: 0.3, ...PARITY },
  { name: 'same rows, other seed, little noise; 2 × 500', groups: 2, n: 500, share: 1, noise: 0.05, ...PARITY },
  { name: 'same rows, other seed, gaps; 2 × 500', groups: 2, n: 500, share: 1, noise: 0.3, ...GAP },
  { name: 'same rows, other seed; 6 × 40', groups: 6, n: 40, share: 1, noise: 0.3, ...PARITY },
  { name: 'half shared, parity; 2 × 500', groups: 2, n: 500, share: 0.5, noise: 0.3, ...PARITY },
  { name: 'half shared, gaps; 2 × 500', groups: 2, n: 500, share: 0.5, noise: 0.3, ...GAP },
  { name: 'half shared; 6 × 300', groups: 6, n: 300, share: 0.5, noise: 0.3, ...PARITY },
  { name: 'a tenth shared; 6 × 300', groups: 6, n: 300, share: 0.1, noise: 0.3, ...PARITY },
  { name: 'same rows, other model: parity to gaps; 3 × 300', groups: 3, n: 300, share: 1, noise: 0.3, distance: (a, g) => (a === 1 && g === 2 ? 0.6 : 1.2), bias: (a, g) => (a === 1 && g === 1 ? 0.6 : 0) },
  { name: 'four fifths shared, gaps grow; 2 × 500', groups: 2, n: 500, share: 0.8, noise: 0.3, distance: (a, g) => (a === 1 && g === 1 ? 0.7 : 1.2), bias: (a, g) => (g === 1 ? 0.3 * (1 + a) : 0) },
];

interface Side extends ScoredRows { readonly decision: Uint8Array }

const RATE = 0.4, LOG_ODDS = Math.log(RATE / (1 - RATE));

function drawAudits({ groups, n, share, noise, distance, bias }: Shape, random: RandomStream): { readonly sides: readonly [Side, Side]; readonly match: RowMatch } {
  const rows = groups * n, fresh = Math.round((1 - share) * n) * groups, y = Uint8Array.from({ length: rows + fresh }, () => (random.uniform() < RATE ? 1 : 0)), x = Float64Array.from(y, () => random.normal());
  const [first, second] = [0, fresh].map((from, audit): Side => {
    const labels = y.slice(from, from + rows), codes = Int32Array.from(labels, (_, i) => i % groups);
    const scores = Float64Array.from(labels, (label, i) => {
      const d = distance(audit, codes[i]!), z = x[from + i]! + label * d;
      return 1 / (1 + Math.exp(-(LOG_ODDS + d * z - (d * d) / 2 + bias(audit, codes[i]!) + noise * random.normal())));
    });
    return { labels, codes, scores, groups, ranked: rankRows(scores, labels), decision: Uint8Array.from(scores, (score) => (score > 0.5 ? 1 : 0)) };
  });
  const at = (from: number): Uint32Array => Uint32Array.from({ length: rows - fresh }, (_, i) => from + i);
  return { sides: [first!, second!], match: { first: at(fresh), second: at(0), added: new Uint32Array(0), removed: new Uint32Array(0) } };
}

interface Gap { readonly metric: string; readonly value: number; readonly interval: Interval }

type Interval = readonly [number, number];

const NOISE = calibrationNoise(randomStream(0, 'calibration'));

/** Disparities of all groups at once with the intervals of their own audit. */
function audited(side: Side, seed: number): readonly Gap[] {
  const { groups, codes, labels, decision } = side, random = (purpose: string) => randomStream(seed, purpose), all = Array.from({ length: groups }, (_, g) => g), z = normalCritical(LEVEL);
  const odds = [1, 0].map((label): RateFamily => {
    const n = new Float64Array(groups), x = new Float64Array(groups);
    codes.forEach((group, row) => { if (labels[row] === label) { n[group]!++; x[group]! += decision[row]!; } });
    return { n, x, groups: Int32Array.from(all) };
  });
  const ends = differenceEnds(odds, 0), gaps = odds.map(({ n, x }) => { const rates = x.map((events, g) => events / n[g]!); return Math.max(...rates) - Math.min(...rates); });
  const curves = abroca(side, random('abroca'), 0)!, errors = calibrationBins({ ...side, design: null }).map(calibrationError), limits = errors.map((error) => calibrationInterval(error, NOISE, 1 - (1 - LEVEL) / groups));
  const values = errors.map(({ value }) => value), most = (of: readonly number[]): number => Math.max(...of), least = (of: readonly number[]): number => Math.min(...of), [lows, highs] = [limits.map(([low]) => low), limits.map(([, high]) => high)];
  return [
    { metric: 'equalized_odds_difference', value: most(gaps), interval: [ends.near(criticalValue(joinMaxT(odds.map((family, i) => drawRateMaxT(family, random(`odds/${i}`), DRAWS))), LEVEL)), ends.far(z)] },
    { metric: 'abroca', value: curves.value, interval: [curves.ends.near(criticalValue(curves.null, LEVEL)), curves.ends.far(z)] },
    { metric: 'expected_calibration_error_difference', value: most(values) - least(values), interval: [Math.max(0, most(lows) - least(highs)), most(highs) - least(lows)] },
  ];
}

/** Changes of every group by single rows, as `compare` makes them. */
function groupChanges([a, b]: readonly [Side, Side], match: RowMatch): { readonly [metric: string]: readonly RateChange[] } {
  const outcomes = ({ decision, codes, labels }: Side, group: number, label: number | null): Uint8Array => decision.map((value, row) => (codes[row] === group && (label === null || labels[row] === label) ? value : OUT));
  const made = (label: number | null) => Array.from({ length: a.groups }, (_, g) => { const first = outcomes(a, g, label), second = outcomes(b, g, label); return { first, second, change: rateChange(first, second, match)! }; });
  const tpr = made(1), fpr = made(0), changes = (rates: typeof tpr): readonly RateChange[] => rates.map(({ change }) => change);
  return { auroc_difference: areaChanges(a, b, match).map((change) => change!), average_odds_difference: tpr.map((rate, g) => meanOfRates(rate, fpr[g]!, match)), demographic_parity_difference: changes(made(null)), tpr: changes(tpr), fpr: changes(fpr) };
}

/** As if the audits shared no row: each side's reach, added as independent errors are. */
function independent([before, after]: readonly [Gap, Gap]): Interval {
  const value = after.value - before.value, reach = (gap: Gap, end: 0 | 1): number => Math.abs(gap.interval[end] - gap.value);
  return [value - Math.hypot(reach(after, 0), reach(before, 1)), value + Math.hypot(reach(after, 1), reach(before, 0))];
}

interface Trial { readonly interval: Interval; readonly alone: Interval; readonly target: number }

/** The pair of groups that is furthest apart before, with its true change. */
function pairTrial(metric: string, changes: readonly RateChange[], truth: readonly RateChange[]): Trial {
  const order = [...changes.keys()].sort((i, j) => changes[j]!.before - changes[i]!.before), reference = 0;
  const far = [...changes.keys()].slice(1).reduce((most, i) => (Math.abs(changes[i]!.before - changes[reference]!.before) > Math.abs(changes[most]!.before - changes[reference]!.before) ? i : most), 1);
  const [one, other] = metric.startsWith('average') ? [far, reference] : [order[0]!, order.at(-1)!], groups = changes.length, candidates = metric.startsWith('average') ? 2 * (groups - 1) : groups * (groups - 1);
  const a = changes[one]!, b = changes[other]!, change = gapChange(a, b, LEVEL, candidates), half = normalCritical(LEVEL) * Math.sqrt(a.varianceBefore + a.varianceAfter + b.varianceBefore + b.varianceAfter);
  return { interval: change.interval, alone: [change.value - half, change.value + half], target: truth.length === 0 ? 0 : truth[one]!.value - truth[other]!.value };
}

function wholeTrial(metric: string, sides: readonly [Side, Side], match: RowMatch, [before, after]: readonly [Gap, Gap], changes: ReturnType<typeof groupChanges>, target: number): Trial {
  const found = eitherEnds((level) => (metric === 'abroca' ? areaBetweenChange(...sides, match, { level, seed: 0 }) : metric.startsWith('expected') ? calibrationGapChange(...sides, match, level) : largestGapChange([changes['tpr']!, changes['fpr']!], level)),
    (level) => separateEnds(before, after, { from: LEVEL, level }), LEVEL)!;
  return { interval: found.interval, alone: independent([before, after]), target };
}

/** What is true in audits of a million rows; nothing where both audits are of one kind. */
function truthOf(shape: Shape): { readonly changes: ReturnType<typeof groupChanges>; readonly gaps: readonly (readonly Gap[])[] } | null {
  if (Array.from({ length: shape.groups }, (_, g) => g).every((g) => shape.distance(0, g) === shape.distance(1, g) && shape.bias(0, g) === shape.bias(1, g))) return null;
  const { sides, match } = drawAudits({ ...shape, n: Math.round(1e6 / shape.groups), share: 1 }, randomStream(99, 'compare/truth'));
  return { changes: groupChanges(sides, match), gaps: sides.map((side) => audited(side, 0)) };
}

function simulate(shape: Shape, trials: number): readonly string[] {
  const truth = truthOf(shape), found = new Map(METRICS.map((metric) => [metric, { held: 0, width: 0, alone: 0, heldAlone: 0 }])), gapOf = (gaps: readonly Gap[], metric: string): Gap => gaps.find((gap) => gap.metric === metric)!;
  for (let trial = 0; trial < trials; trial++) {
    const { sides, match } = drawAudits(shape, randomStream(1, `compare/${shape.name}`, trial)), results = sides.map((side) => audited(side, trial)), changes = groupChanges(sides, match);
    for (const metric of METRICS) {
      const sums = found.get(metric)!, { interval, alone, target } = PAIRS.includes(metric) ? pairTrial(metric, changes[metric]!, truth?.changes[metric] ?? [])
        : wholeTrial(metric, sides, match, [gapOf(results[0]!, metric), gapOf(results[1]!, metric)], changes, truth === null ? 0 : gapOf(truth.gaps[1]!, metric).value - gapOf(truth.gaps[0]!, metric).value);
      sums.held += Number(interval[0] <= target && target <= interval[1]);
      sums.heldAlone += Number(alone[0] <= target && target <= alone[1]);
      sums.width += interval[1] - interval[0];
      sums.alone += alone[1] - alone[0];
    }
  }
  return METRICS.map((metric) => { const { held, heldAlone, width, alone } = found.get(metric)!; return `${((100 * held) / trials).toFixed(1)} · ${(width / alone).toFixed(2)} · ${((100 * heldAlone) / trials).toFixed(1)}`; });
}

const { values } = parseArgs({ options: { trials: { type: 'string', default: '300' }, only: { type: 'string', default: '' } } });
process.stdout.write(`| shape | ${METRICS.join(' | ')} |\n|${' --- |'.repeat(METRICS.length + 1)}\n`);
for (const shape of SHAPES.filter(({ name }) => name.includes(values.only))) process.stdout.write(`| ${shape.name} | ${simulate(shape, Number(values.trials)).join(' | ')} |\n`);
