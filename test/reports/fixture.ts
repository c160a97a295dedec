import { randomStream, type RandomStream } from '../../models/engine/random.ts';
import type { Profile } from '../../models/encode/profile-types.ts';
import type { Encoder } from '../../models/encode/types.ts';
import type { DataMetric, Disparity, FairnessResult, Finding, GroupMetric, Interval, Verdict } from '../../models/fairness/types.ts';
import type { PerturbationSummary } from '../../models/latent/perturb-types.ts';
import type { DensitySummary } from '../../models/latent/types.ts';
import { withSpreads, type BetaNetworks } from '../../models/networks/rate-distortion.ts';
import type { TrainingSummary } from '../../models/networks/types.ts';
import { MITIGATIONS, QUANTITIES, type MitigationSummary } from '../../models/mitigation/types.ts';
import type { OutlierSummary } from '../../models/outliers/types.ts';
import type { DebiasSummary } from '../../models/resample/types.ts';
import type { SlicesSummary } from '../../models/slices/types.ts';
import type { ReportInput } from '../../reports/report-input.ts';

interface FixtureGroup { readonly name: string; readonly n: number; readonly rate: number }
type FixtureGroups = Readonly<Record<string, readonly FixtureGroup[]>>;

/** Sizes and rates of income > 50K in the Adult census table. */
const ADULT: FixtureGroups = {
  sex: [{ name: 'Male', n: 32650, rate: 0.304 }, { name: 'Female', n: 16192, rate: 0.109 }],
  race: [{ name: 'White', n: 41762, rate: 0.254 }, { name: 'Black', n: 4685, rate: 0.121 }, { name: 'Asian-Pac-Islander', n: 1519, rate: 0.269 },
    { name: 'Amer-Indian-Eskimo', n: 470, rate: 0.117 }, { name: 'Other', n: 406, rate: 0.123 }],
};

/** Names that try to be markup, formulas, keys of Object.prototype, or to rearrange the page. */
export const HOSTILE_NAMES = ['<script>window.hacked=1</script>', '"><img src=x onerror=window.hacked=1>', '=cmd|\' /C calc\'!A0', '__proto__', 'constructor',
  '\u202eesrever\u202c \u0000\u0007', 'x'.repeat(10_000), '{{7*7}}${7*7}', ']]></svg><script>window.hacked=1</script>', 'زن', '–'];
const HOSTILE: FixtureGroups = {
  'a"b<i>c</i>': HOSTILE_NAMES.map((name, i) => ({ name, n: 4000 - 350 * i, rate: 0.08 + 0.05 * i })),
  __proto__x: [{ name: '</script><script>window.hacked=1</script>', n: 900, rate: 0.5 }, { name: ' ', n: 11, rate: 0.2 }],
};

function half(rate: number, n: number): number {
  return 1.96 * Math.sqrt((rate * (1 - rate)) / n);
}

function around(rate: number, n: number): Interval {
  return [Math.max(0, rate - half(rate, n)), Math.min(1, rate + half(rate, n))];
}

function crossed(groups: FixtureGroups): FixtureGroups {
  const [a, b] = Object.entries(groups);
  const total = b![1].reduce((sum, { n }) => sum + n, 0);
  const cells = a![1].slice(0, 6).flatMap((x) => b![1].map((y) => ({ name: `${x.name}*${y.name}`, n: Math.max(4, Math.round((x.n * y.n) / total)), rate: Math.min(0.95, (x.rate * y.rate) / 0.24) })));
  return { ...groups, [`${a![0]}*${b![0]}`]: cells };
}

const GROUP_METRICS: readonly (readonly [string, (rate: number) => number])[] = [
  ['base_rate', (r) => r], ['selection_rate', (r) => 0.85 * r - 0.02], ['true_positive_rate', (r) => 0.45 + 0.5 * r], ['false_positive_rate', (r) => 0.25 * r],
  ['positive_predictive_value', (r) => 0.7 + 0.1 * r], ['accuracy', (r) => 0.95 - 0.4 * r]];

function groupMetrics(groups: FixtureGroups): readonly GroupMetric[] {
  return Object.entries(groups).flatMap(([attribute, members]) => members.flatMap(({ name, n, rate }) => GROUP_METRICS.map(([metric, of]) => ({
    attribute, group: name, metric, n, denominator: n, value: n < 30 ? null : of(rate), interval: around(Math.max(0, of(rate)), n),
    note: n < 30 ? `fewer than 30 rows: the point value is hidden` : null, shrunk: attribute.includes('*') && n >= 30 ? 0.9 * of(rate) + 0.02 : null }))));
}

function disparity(attribute: string, members: readonly FixtureGroup[], metric: string, of: (rate: number) => number, headline: boolean): Disparity {
  const sorted = [...members].sort((x, y) => y.rate - x.rate), high = sorted[0]!, low = sorted.at(-1)!;
  const ratio = metric.endsWith('_ratio');
  const value = ratio ? of(low.rate) / of(high.rate) : of(high.rate) - of(low.rate);
  const spread = half(high.rate, high.n) + half(low.rate, low.n);
  const interval: Interval = [Math.max(0, value - spread), Math.min(1, value + spread)];
  const tolerance = ratio ? 0.8 : 0.05;
  const beyond = ratio ? interval[1] < tolerance : interval[0] > tolerance, within = ratio ? interval[0] > tolerance : interval[1] < tolerance;
  const verdict: Verdict = beyond ? 'disparity' : within ? 'parity' : 'undecided';
  return { attribute, metric, value, interval, tolerance, verdict, p: beyond ? 1e-7 : 0.3, p_parity: within ? 1e-3 : 0.8, q: beyond ? 4e-7 : 0.6,
    family: headline ? 'headline' : 'exploratory', adjustment: headline ? 'holm' : 'benjamini-hochberg', alias_of: null, expected_at_parity: { mean: 0.4 * spread, q95: 0.9 * spread },
    detectable: tolerance + spread, rows_needed: beyond || within ? null : [12_000, 31_000], groups: [high.name, low.name], component: metric.startsWith('equalized_odds') ? 'true_positive_rate' : null, reference: members[0]!.name,
    hidden: members.filter(({ n }) => n < 30).map(({ name }) => name), note: null };
}

/** A metric with a sign: the group against the reference. */
function averageOdds(attribute: string, members: readonly FixtureGroup[]): Disparity {
  return { ...disparity(attribute, members, 'average_odds_difference', (r) => 0.4 * r, false), value: -0.092, interval: [-0.105, -0.079], verdict: 'disparity', groups: [members[1]!.name, members[0]!.name] };
}

function disparities(groups: FixtureGroups): readonly Disparity[] {
  return Object.entries(groups).flatMap(([attribute, members]) => {
    const headline = !attribute.includes('*');
    return [disparity(attribute, members, 'demographic_parity_difference', (r) => 0.85 * r - 0.02, headline),
      disparity(attribute, members, 'equalized_odds_difference', (r) => 0.45 + 0.5 * r, headline),
      disparity(attribute, members, 'base_rate_difference', (r) => r, false), disparity(attribute, members, 'accuracy_difference', (r) => 0.4 * r, false),
      disparity(attribute, members, 'false_positive_rate_difference', (r) => 0.2 * r, false), disparity(attribute, members, 'positive_predictive_value_difference', (r) => 0.7 + 0.1 * r, false),
      disparity(attribute, members, 'demographic_parity_ratio', (r) => 0.85 * r + 0.01, false), disparity(attribute, members, 'base_rate_ratio', (r) => r, false), ...(headline ? [averageOdds(attribute, members)] : [])];
  });
}

function fairness(groups: FixtureGroups): FairnessResult {
  const gaps = disparities(groups);
  const findings: readonly Finding[] = gaps.filter(({ family }) => family === 'headline').map((gap) => ({
    attribute: gap.attribute, metric: gap.metric, verdict: gap.verdict!, survives: gap.verdict === 'disparity',
    sentence: `By ${gap.attribute}, ${gap.metric.replaceAll('_', ' ')} is ${gap.value!.toFixed(3)} (95 % interval ${gap.interval![0].toFixed(3)} to ${gap.interval![1].toFixed(3)}) between ${gap.groups[0]} and ${gap.groups[1]}, against a tolerance of ${gap.tolerance}.` }));
  const data: readonly DataMetric[] = Object.entries(groups).filter(([name]) => !name.includes('*')).flatMap(([attribute, members]) => members.flatMap(({ name, n }) => [
    { attribute, metric: 'class_imbalance', group: name, value: 1 - (2 * n) / 48_842, interval: null, note: null },
    { attribute, metric: 'js', group: name, value: 0.02, interval: [0.01, 0.03] as const, note: 'noise floor 0.0001' }]));
  return { level: 0.95, verdict: 'findings', decisions: { source: 'reference', description: 'reference classifier (logistic regression, 5-fold cross-fitted on the encoded features)' },
    population: 'all usable rows', rows: 48_842, headline: ['demographic_parity_difference', 'equalized_odds_difference'],
    comparisons: { headline: findings.length, exploratory: gaps.length - findings.length, statement: `${findings.length} headline comparisons under Holm; ${gaps.length - findings.length} exploratory under Benjamini–Hochberg.` },
    findings, groups: groupMetrics(groups), disparities: gaps, data,
    pairs: Object.entries(groups).flatMap(([attribute, members]) => members.slice(1).map((each) => ({ attribute, metric: 'base_rate', group: each.name, favoured: members[0]!.name, difference: members[0]!.rate - each.rate, ratio: each.rate / members[0]!.rate, standard_deviations: 47.1, fisher_p: 1e-12 }))),
    individual: [{ attribute: null, metric: 'theil_index', value: 0.118, interval: [0.115, 0.121], note: null }, { attribute: null, metric: 'consistency', value: null, interval: null, note: 'left out: more than 20,000 rows' }],
    certificate: { statement: 'Simulated at these sizes and rates, under independent sampling; it does not test independence, weights or labels.', trials: 2000, coverage: 0.956, falseAlarms: 0.012, cells: [{ attribute: 'sex', coverage: 0.951 }] },
    contrasts: singles(groups).flatMap(([attribute, members]) => members.slice(1).map(({ name }) => ({ attribute, group: name, metric: 'selection_rate', against: 'reference' as const, other: members[0]!.name, difference: -0.1, difference_interval: [-0.12, -0.08] as const, ratio: 0.5, ratio_interval: [0.4, null] as const, note: null }))),
    classes: [{ class: singles(groups)[0]![1][0]!.name, groups: [], disparities: gaps.slice(0, 3) }],
    thresholds: thresholds(groups), calibration: calibration(groups),
    notes: ['Rows are taken as independent: the data names no cluster.'] };
}

const singles = (groups: FixtureGroups): readonly (readonly [string, readonly FixtureGroup[]])[] => Object.entries(groups).filter(([name]) => !name.includes('*'));

function thresholds(groups: FixtureGroups): NonNullable<FairnessResult['thresholds']> {
  const at = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);
  return singles(groups).flatMap(([attribute]) => ['demographic_parity_difference', 'equalized_odds_difference'].map((metric, k) => ({ attribute, metric, thresholds: at, note: '',
    values: at.map((t) => 0.1 + 0.2 * t * (1 - t) + 0.03 * k), intervals: at.map((t) => [0.08 + 0.2 * t * (1 - t) + 0.03 * k, 0.12 + 0.2 * t * (1 - t) + 0.03 * k] as const) })));
}

function calibration(groups: FixtureGroups): NonNullable<FairnessResult['calibration']> {
  return singles(groups).flatMap(([attribute, members]) => members.map(({ name, n }, i) => ({ attribute, group: name, note: null, points: Array.from({ length: 8 }, (_, bin) => {
    const score = (bin + 0.5) / 10, rate = Math.min(1, Math.max(0, score + 0.02 * i * (1 - score)));
    return { from: bin / 10, to: (bin + 1) / 10, n: Math.max(1, Math.round(n / 8)), mean_score: score, rate, interval: around(rate, Math.max(1, n / 8)) };
  }) })));
}

function gauss(random: RandomStream, mean: number, sd: number): number {
  return mean + sd * random.normal();
}

function density(groups: FixtureGroups, random: RandomStream): DensitySummary {
  const single = Object.entries(groups).filter(([name]) => !name.includes('*'));
  const points = Array.from({ length: 3000 }, (_, i) => {
    const cluster = random.integer(10) < 7 ? 0 : 1, x = gauss(random, cluster * 3 - 1, 1), y = gauss(random, cluster - 0.5, 0.8);
    return { row: i * 16, x, y, logDensity: -0.5 * ((x + 1 - 3 * cluster) ** 2 + ((y + 0.5 - cluster) / 0.8) ** 2) - 4,
      groups: Object.fromEntries(single.map(([attribute, members]) => [attribute, members[Math.min(members.length - 1, Math.floor(-Math.log(random.uniform()) / 1.2))]!.name])) };
  });
  return { active: [0, 1, 2, 4, 6, 7], dimensions: [0, 1, 2, 4, 6, 7], histogramBins: 10, complexityCorrelation: -0.71, bic: [1, 2, 4, 8].map((k) => ({ components: k, bic: 900_000 - 9000 * Math.log2(k) })), mixture: [],
    candidates: [{ name: 'histogram', detail: '10 bins a dimension, independent', heldOut: -9.41, standardError: 0.02, chosen: false }, { name: 'gmm', detail: 'K = 8, full covariance', heldOut: -8.27, standardError: 0.02, chosen: true }],
    groups: single.flatMap(([attribute, members]) => members.map(({ name, n }, i) => ({ attribute, group: name, n, share: n / 48_842, thinShare: (n / 48_842) * (0.8 + 0.5 * i), thinRatio: 0.8 + 0.5 * i, meanLogDensity: -8.2 - 0.3 * i,
      interval: [0.8 + 0.5 * i - 40 / Math.sqrt(n) / 4, 0.8 + 0.5 * i + 40 / Math.sqrt(n) / 4] as const }))),
    map: { explained: [0.41, 0.22], points, cells: { columns: 2, rows: 2, x: [-5, 6], y: [-4, 4], counts: [20_000, 10_000, 9_842, 9_000] } }, notes: ['The log density correlates with reconstruction cost at −0.71: likelihood ranks complexity here to a good part.'] };
}

function debias(groups: FixtureGroups): DebiasSummary {
  const rule = (name: 'product' | 'max' | 'joint' | 'component', essShare: number, tau: number | null) => ({ rule: name, detail: tau === null ? 'α = 0.001' : `τ = ${tau}, α = 0.001`, tau, ess: essShare * 48_842, essShare,
    maxWeight: 4 / essShare, minWeight: 0.2, capped: 118, thinLift: 2.4, thinCorrelation: -0.8, decileWeights: Array.from({ length: 10 }, (_, i) => 2.4 * Math.exp(-i / (10 * essShare))), stability: tau === null ? null : 0.97, chosen: name === 'joint', groups: Object.entries(groups).filter(([a]) => !a.includes('*')).flatMap(([attribute, members]) =>
      members.map(({ name: group, n }, i) => ({ attribute, group, before: n / 48_842, after: (n / 48_842) * (0.9 + 0.2 * i) }))) });
  return { rules: [rule('product', 0.012, null), rule('max', 0.31, null), rule('joint', 0.502, 0.44), rule('component', 0.66, 0.8)], chosen: 'joint', capped: 118, outliers: { rows: 489, how: 'the strangest 1 % of the rows' }, cappedGroups: [], resampledRows: 48_842, distinctRows: 27_104, notes: [] };
}

function mitigation(groups: FixtureGroups): MitigationSummary {
  const attributes = Object.keys(groups).filter((name) => !name.includes('*')), latent = (method: string): boolean => method.startsWith('latent');
  const changes = attributes.flatMap((attribute, a) => MITIGATIONS.flatMap((method, i) => QUANTITIES.map((metric, k) => {
    const more = k < 2, before = more ? 0.85 - 0.04 * k : 0.19 - 0.02 * k, change = more ? -0.004 * i : -0.03 * (i - 1), half = 0.01 + 0.05 * a, hidden = a === 1 && k === 3;
    const low = change - half, high = change + half, side = low > 0 ? 1 : high < 0 ? -1 : 0, better = more ? 1 : -1;
    return { attribute, method, metric, before: hidden ? null : before, after: hidden ? null : before + change, change: hidden ? null : change, interval: [low, high] as const,
      verdict: side === 0 ? 'undecided' as const : side === better ? 'better' as const : 'worse' as const, note: hidden ? 'fewer than 30 test rows in the groups compared: values are hidden' : null };
  })));
  return { level: 0.95, reason: null, baseline: 'reference classifier (logistic regression on 108 features, fitted on train rows, score ≥ 0.5)', rows: { train: 29_300, validation: 9_770, test: 9_772 },
    methods: MITIGATIONS.flatMap((method) => (latent(method) ? [null] : attributes).map((attribute) => ({ method, attribute, detail: `how ${method} works` }))),
    changes, comparisons: { count: changes.length, statement: `${changes.length} comparisons, not adjusted for their number.` }, notes: ['Conditional on these fits.'] };
}

function outliers(groups: FixtureGroups, text: string): OutlierSummary {
  const edges = Array.from({ length: 31 }, (_, i) => i / 30), counts = edges.slice(1).map((edge) => Math.round(48_842 * 0.18 * Math.exp(-6 * edge) + 3));
  return { detectors: [{ name: 'iforest', weight: 1, agreement: 0.72, note: null }, { name: 'knn', weight: 1, agreement: 0.81, note: null }, { name: 'reconstruction', weight: 1, agreement: 0.69, note: null },
    { name: 'latent', weight: 0, agreement: -0.12, note: 'dropped: it contradicts the others' }], method: 'empirical null on the bulk (Box–Cox)', calibrated: false,
    nulls: [{ family: 'Box–Cox', flagged: 310, nullShare: 0.97 }, { family: 'gamma', flagged: 905, nullShare: 0.95 }, { family: 'normal of log', flagged: 1, nullShare: 0.999 }], fdr: 0.1, flagged: 0, smallestDetectable: 14, ranked: 48_842,
    top: Array.from({ length: 25 }, (_, i) => ({ row: 37 * i + 5, id: i === 0 ? text : String(37 * i + 5), rank: i + 1, score: 9.7 - 0.13 * i, pValue: null, qValue: null, flagged: false, reasons: [
      { column: 'capital-gain', value: '99999', typical: '0', contribution: 0.52, text: 'capital-gain 99999, typically 0' }, { column: 'native-country', value: text, typical: 'United-States', contribution: 0.2, text: `native-country ${text}, typically United-States` },
      { column: 'hours-per-week', value: '2', typical: '40', contribution: 0.1, text: 'hours-per-week 2, typically 40' }] })),
    histogram: { edges, counts }, groups: Object.entries(groups).filter(([a]) => !a.includes('*')).flatMap(([attribute, members]) => members.map(({ name, n }, i) => ({ attribute, group: name, n, share: n / 48_842, topShare: (n / 48_842) * (1 + 0.2 * i), interval: around(n / 48_842, 400) }))),
    notes: ['The null families differ more than twofold: rows are ranked, and no q-value is given.'] };
}

function training(): readonly TrainingSummary[] {
  return [0, 1, 2].map((seed) => ({ seed, backend: 'wasm', computedOn: null, sampledRows: null, network: 'vae 108-128-8', parameters: 45_348, bestEpoch: 28, stopped: 'epochs' as const, klPerUnit: [2.1, 1.8, 1.2, 0.004, 0.9, 0.001, 0.7, 0.3], muVariance: [0.96, 0.9, 0.8, 0.0002, 0.7, 0.0001, 0.6, 0.2],
    epochs: Array.from({ length: 30 }, (_, i) => ({ seed, epoch: i + 1, loss: 22 + 14 * Math.exp(-i / 4) + 0.1 * seed, reconstruction: 16 + 14 * Math.exp(-i / 4) + 0.1 * seed, kl: 6 * (1 - Math.exp(-i / 3)), activeUnits: Math.min(6, 2 + i), validationLoss: 22.4 + 14 * Math.exp(-i / 4) + 0.1 * seed, gradientNorm: 1.5 })) }));
}

function profile(text: string): Profile {
  const number = (name: string, mean: number, std: number) => ({ name, kind: 'number' as const, roles: ['feature' as const], missing: 0, distinct: 74, note: null, categories: null,
    number: { min: mean - 2 * std, q1: mean - 0.7 * std, median: mean, q3: mean + 0.7 * std, max: mean + 4 * std, mean, std, histogram: { edges: Array.from({ length: 21 }, (_, i) => mean + (i / 20 * 6 - 2) * std), counts: Array.from({ length: 20 }, (_, i) => Math.round(6000 * Math.exp(-0.5 * ((i - 7) / 4) ** 2))) } } });
  const category = (name: string, values: readonly (readonly [string, number])[], role: 'feature' | 'protected' | 'label') => ({ name, kind: 'category' as const, roles: [role], missing: name === 'workclass' ? 2799 : 0, distinct: values.length, note: null, number: null,
    categories: { top: values.map(([value, count]) => ({ value, count })), others: 120 } });
  return { rows: 48_842, usable: 48_842, unusable: [], split: { train: 29_300, validation: 9_770, test: 9_772 }, notes: ['positive was not set: “>50K”, the rarer of two values.'], label: { column: 'income', positive: '>50K', how: 'the rarer of two values', missing: 0 },
    columns: [number('age', 38.6, 13.7), number('education-num', 10.1, 2.6), number('capital-gain', 1079, 7452), number('hours-per-week', 40.4, 12.4), category('workclass', [['Private', 33906], ['Self-emp-not-inc', 3862], [text, 3136], ['?', 2799]], 'feature'),
      category('sex', [['Male', 32650], ['Female', 16192]], 'protected'), category('race', [['White', 41762], ['Black', 4685]], 'protected'), category('income', [['<=50K', 37155], ['>50K', 11687]], 'label')] };
}

const encoder: Encoder = { width: 108, omitted: [{ name: 'fnlwgt', reason: 'excluded' }], columns: [{ kind: 'number', name: 'age', offset: 0, width: 1, missingIndicator: false, transform: { kind: 'standard', mean: 38.6, std: 13.7 }, fill: 37 }] };

function perturbation(groups: FixtureGroups): PerturbationSummary {
  const [attribute, members] = Object.entries(groups)[0]!;
  return { model: 'reference classifier (logistic regression on the same features)', tolerance: 0.02, threshold: 0.5, rows: 2000, observedRows: 9770, notes: [], names: [{ latent: 0, name: 'education-num ↑', columns: [{ column: 'education-num', change: '↑ 9 to 13', size: 0.8 }] }], latents: [0, 1, 2, 4, 6, 7].map((latent, i) => ({ latent, name: ['education-num ↑, occupation → Prof-specialty', 'marital-status → Never-married', 'age ↑', 'hours-per-week ↑', 'native-country', 'race → Black'][i]!,
    observed: i === 3 ? null : { difference: 0.16 - 0.05 * i, interval: [0.1 - 0.05 * i, 0.22 - 0.05 * i] as const, lowRows: 1210 - 100 * i, highRows: 1315 }, step: 1, sigma: 0.9, curvature: 0.01, flipInterval: [0.18 - 0.03 * i, 0.22 - 0.03 * i] as const, effect: 0.14 - 0.04 * i, interval: [0.12 - 0.04 * i, 0.16 - 0.04 * i] as const, flipRate: 0.2 - 0.03 * i, pValue: 0.0001, qValue: 0.0003, verdict: (['matters', 'matters', 'matters', 'undecided', 'negligible', 'matters'] as const)[i]!,
    groups: members.map(({ name }) => ({ attribute, group: name, n: 400, effect: 0.1, interval: [0.09, 0.11] as const, flipRate: 0.1, flipInterval: [0.08, 0.12] as const })), columns: [{ column: 'education-num', change: '↑', size: 1.2 }] })) };
}

function slices(text: string): SlicesSummary {
  const words = ['age ≥ 45 and occupation = Sales', `native-country = ${text}`, 'capital-gain > 5000', 'education = Prof-school and sex = Female'];
  return { errorOf: 'reference classifier', errorMeasure: 'excess', searched: 4211, notes: [], slices: words.map((own, i) => slice(own, i)) };
}

/** Three of errors, one of strange rows. */
function slice(text: string, i: number): SlicesSummary['slices'][number] {
  const isError = i < 3, rate = 0.31 - 0.04 * i, interval = [0.26 - 0.05 * i, 0.36 - 0.03 * i] as const, expected = isError ? 0.2 : null;
  const tested = { interval, excessInterval: [interval[0] - 0.2, interval[1] - 0.2] as const, pValue: 0.001, qValue: 0.004 + 0.1 * i, replicated: i < 2 };
  return { conditions: [{ column: 'age', text }], text, measure: isError ? 'error' : 'strangeness', size: 900 - 200 * i, rate: rate + 0.02, overall: 0.15, lift: (rate + 0.02) / 0.15, expected, excess: isError ? rate - 0.18 : null,
    heldOut: { size: 300 - 60 * i, rate, overall: 0.15, lift: rate / 0.15, expected, excess: isError ? rate - 0.2 : null, ...(isError ? tested : { interval: null, excessInterval: null, pValue: null, qValue: null, replicated: null }) } };
}

/** Networks of several β, as an audit whose own is the first has them; from 16 on they say nothing. */
export function betaFixture(betas: readonly number[] = [1, 0.5, 4, 16], seeds = 3): readonly BetaNetworks[] {
  return betas.map((beta) => withSpreads(beta, Array.from({ length: seeds }, (_, seed) => {
    const silent = beta >= 16, kl = silent ? 0.0004 : 7.4 / (1 + beta) + 0.06 * seed, reconstruction = silent ? 17.21 + 0.01 * seed : 12.8 - 1.1 * Math.log(kl) + 0.4 * beta - 0.05 * seed;
    return { seed, epochs: 30 - seed, reconstruction, kl, elbo: -(reconstruction + kl), activeUnits: silent ? 0 : Math.max(2, 8 - Math.round(2 * beta)), loss: reconstruction + beta * kl, computedOn: null };
  })));
}

/** What an audit of Adult gives, in shape and size; with hostile names when asked. */
export function reportFixture(options: { readonly hostile?: boolean; readonly betas?: ReportInput['documents']['betas'] } = {}): ReportInput {
  const groups = crossed(options.hostile === true ? HOSTILE : ADULT), text = options.hostile === true ? HOSTILE_NAMES.slice(0, 7).join(' ') : 'Holand-Netherlands';
  const config = { name: 'adult-income', seed: 0, data: { path: 'adult.csv', protected: Object.keys(groups).slice(0, 2) } };
  return { name: options.hostile === true ? `${HOSTILE_NAMES[0]!}${HOSTILE_NAMES[8]!}` : 'adult-income', seed: 0, backend: 'wasm', computedOn: [], code: 'penumbra 0.1.0, sources 1f0c…', config: JSON.stringify(config, null, 2),
    stages: ['ingest', 'encode', 'train', 'latents', 'density', 'fairness', 'debias', 'outliers', 'perturb', 'slices', 'report'].map((name) => ({ name, state: 'completed' })),
    reproduce: ['npm run -s penumbra -- run audit.yaml --seed 0 --backend wasm', 'npm run -s penumbra -- verify penumbra-out/adult-income'],
    documents: { profile: profile(text), encoder, training: training(), betas: options.betas ?? null, density: density(groups, randomStream(0, 'report-fixture')), fairness: fairness(groups), debias: debias(groups), mitigation: mitigation(groups), outliers: outliers(groups, text), perturbation: perturbation(groups), slices: slices(text) } };
}

/** An audit of which only the named parts were computed. */
export function partialFixture(...kept: readonly (keyof ReportInput['documents'])[]): ReportInput {
  const full = reportFixture();
  const documents = Object.fromEntries(Object.entries(full.documents).map(([name, document]) => [name, (kept as readonly string[]).includes(name) ? document : null]));
  return { ...full, documents: documents as unknown as ReportInput['documents'] };
}
