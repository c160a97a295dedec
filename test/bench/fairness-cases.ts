/**
 * The cases that break naive rules, each beside the naive rule: a tiny group with rare events, eight clusters, a rarely selected group
 * with a bad positive predictive value, a calibrated score's error, forty quantities at the tolerance.
 * node test/bench/fairness-cases.ts [trials]
 */
import { randomStream, type RandomStream } from '../../models/engine/random.ts';
import { assessGap, type GapAnswer } from '../../models/fairness/assess.ts';
import { calibrationBins, calibrationError, calibrationInterval, calibrationNoise } from '../../models/fairness/calibration.ts';
import { assignFamilies, auditVerdict } from '../../models/fairness/families.ts';
import { linearisedFamily } from '../../models/fairness/linearised.ts';
import { marginal } from '../../models/fairness/marginal.ts';
import { drawRateMaxT } from '../../models/fairness/max-t.ts';
import { differenceEnds } from '../../models/fairness/rate-gap.ts';
import { rateFamily, type RateFamily } from '../../models/fairness/rates.ts';
import { countRows } from '../../models/fairness/tally.ts';
import type { Disparity } from '../../models/fairness/types.ts';
import { binomialSampler } from '../../models/stats/binomial.ts';
import { grid, runCell } from './coverage-cells.ts';

const trials = Number(process.argv[2] ?? 2000), TOLERANCE = 0.05, DRAWS = 500;
const percent = (share: number): string => `${(100 * share).toFixed(1)}`;
const say = (what: string, ours: string, naive: string): void => void process.stdout.write(`| ${what} | ${ours} | ${naive} |\n`);
/** Share of the trials for which something holds. */
const share = (holds: (random: RandomStream, t: number) => boolean, purpose: string, count = trials): number =>
  Array.from({ length: count }, (_, t) => Number(holds(randomStream(17, `cases/${purpose}`, t), t))).reduce((sum, one) => sum + one, 0) / count;

function assess(family: RateFamily, random: RandomStream): GapAnswer {
  return assessGap({ ends: differenceEnds([family], TOLERANCE), null: drawRateMaxT(family, random, DRAWS), level: 0.95, scale: 'difference', rows: 1, complete: true, tested: true });
}

function family(x: readonly number[], n: readonly number[]): RateFamily {
  return { x: Float64Array.from(x), n: Float64Array.from(n), groups: Int32Array.from(n.keys()) };
}

for (const [i, cell] of grid().filter(({ size }) => size === 5000).entries()) {
  const row = runCell(cell, 9000 + i, trials, 1000), parity = (value: number): string => (cell.case === 'parity' ? '' : `, false parity ${percent(value)}`);
  say(`rates ${cell.rates.join(' and ')}, 5,000 rows and 30`, `interval holds the gap in ${percent(row.cover)}, the ratio in ${percent(row.ratioCover)}; false disparity ${percent(row.disparity)}${parity(row.parity)}`,
    `percentile bootstrap: ${percent(row.bootCover)}; false disparity ${percent(row.bootDisparity)}${parity(row.bootParity)}`);
}

/** Two groups in each of eight clusters of 80 rows, whose rates differ from cluster to cluster. */
function clustered(random: RandomStream, linearised: boolean): RateFamily {
  const size = 40, clusters = Int32Array.from({ length: 16 * size }, (_, row) => Math.floor(row / (2 * size))), shift = Float64Array.from({ length: 16 }, () => 0.5 * random.normal());
  const codes = clusters.map((_, row) => row % 2), labels = Uint8Array.from(codes, (code, row) => Number(random.uniform() < 1 / (1 + Math.exp(-shift[2 * clusters[row]! + code]!))));
  const { tally } = countRows({ rows: codes.length, groupings: [{ attribute: 'g', levels: ['a', 'b'], codes }], labels, decisions: null, weights: null, clusters: { codes: clusters, names: [...'abcdefgh'] } });
  return linearised ? linearisedFamily('base_rate', tally, marginal(tally, [0])) : rateFamily('base_rate', marginal(tally, [0]).counts);
}
const inClusters = (linearised: boolean): number => share((random) => assess(clustered(random, linearised), random).interval[0] <= 0, 'clusters');
say('8 clusters of 80 rows, rates that vary between them, no gap', `clusters, Student's t: holds 0 in ${percent(inClusters(true))}`, `rows as if independent: ${percent(inClusters(false))}`);

/** Of 2,000 rows 0.6 % are selected, a third of them rightly; two other groups have 1,000 selected and .9. */
function rarelySelected(random: RandomStream): { readonly all: RateFamily; readonly gated: RateFamily } {
  const selected = Math.max(1, binomialSampler(2000, 0.006)(random)), n = [1000, 1000, selected], x = [0.9, 0.9, 1 / 3].map((rate, i) => binomialSampler(n[i]!, rate)(random));
  return { all: family(x, n), gated: selected < 30 ? family(x.slice(0, 2), n.slice(0, 2)) : family(x, n) };
}
const parity = (which: 'all' | 'gated'): number => share((random) => assess(rarelySelected(random)[which], random).verdict === 'parity', 'ppv');
say('a group of which 12 are selected, with a PPV of .33 beside .9', `false parity ${percent(parity('all'))}; disparity found in ${percent(share((random) => assess(rarelySelected(random).all, random).verdict === 'disparity', 'ppv'))}`,
  `groups with fewer than 30 selected left out: false parity ${percent(parity('gated'))}`);

const noise = calibrationNoise(randomStream(1, 'noise'));
function calibrated(random: RandomStream, rows: number) {
  const scores = Float64Array.from({ length: rows }, () => 1 / (1 + Math.exp(-1.3 * random.normal()))), labels = Uint8Array.from(scores, (score) => Number(random.uniform() < score));
  return calibrationError(calibrationBins({ codes: new Int32Array(rows), groups: 1, scores, labels, design: null })[0]!);
}
for (const rows of [100, 1000]) {
  const errors = Array.from({ length: Math.min(trials, 500) }, (_, t) => calibrated(randomStream(17, `cases/ece ${rows}`, t), rows)), mean = (of: (error: ReturnType<typeof calibrated>) => number): number => errors.reduce((sum, error) => sum + of(error), 0) / errors.length;
  say(`calibration error of a perfectly calibrated score, ${rows.toLocaleString('en-US')} rows`, `interval holds 0 in ${percent(mean((error) => Number(calibrationInterval(error, noise, 0.95)[0] === 0)))} of ${errors.length}; ${mean(({ whenCalibrated }) => whenCalibrated).toFixed(3)} is shown beside it as what a calibrated score would have`,
    `the plug-in error alone: ${mean(({ value }) => value).toFixed(3)} on average, never 0`);
}

const forty = (adjusted: boolean): number => share((random) => {
  const samplers = [binomialSampler(1500, 0.3), binomialSampler(1500, 0.35)];
  const rows = Array.from({ length: 40 }, (_, i) => ({ attribute: 'g', metric: `m${i}`, alias_of: null, q: null, family: 'descriptive', adjustment: 'none', ...assess(family(samplers.map((sample) => sample(random)), [1500, 1500]), random) }) as unknown as Disparity);
  return adjusted ? auditVerdict(assignFamilies(rows, rows.map(({ metric }) => metric), new Set(['g'])), 0.95) === 'findings' : rows.some(({ verdict }) => verdict === 'disparity');
}, 'forty', Math.min(trials, 1000));
say(`40 quantities, each exactly at the tolerance, ${Math.min(trials, 1000)} audits`, `Holm: findings in ${percent(forty(true))} of the audits`, `unadjusted: some disparity in ${percent(forty(false))}`);
