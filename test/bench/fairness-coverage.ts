/**
 * Coverage, width, false disparities and false parities of gap intervals on the acceptance grid of METHODS, with a percentile bootstrap of the
 * largest gap (what Fairlearn's MetricFrame gives) beside them. A cell below 92.4 per cent is run
 * again, by itself, with ten times the trials. node test/bench/fairness-coverage.ts [trials] [draws]
 */
import { randomStream, type RandomStream } from '../../models/engine/random.ts';
import { assessGap } from '../../models/fairness/assess.ts';
import { drawRatesMaxT } from '../../models/fairness/max-t.ts';
import { differenceEnds, ratioEnds } from '../../models/fairness/rate-gap.ts';
import type { RateFamily } from '../../models/fairness/rates.ts';
import { binomialSampler } from '../../models/stats/binomial.ts';

const LEVEL = 0.95, TOLERANCE = 0.05, RATIO = 0.8, FLOOR = 0.924;
const trials = Number(process.argv[2] ?? 2000), draws = Number(process.argv[3] ?? 1000);

interface Cell { readonly n: readonly number[]; readonly rates: readonly number[]; readonly name: string }

function grid(): Cell[] {
  const cells: Cell[] = [];
  for (const k of [2, 4, 8, 12]) {
    for (const n of [50, 200, 1000, 10_000]) {
      for (const rate of [0.02, 0.1, 0.5, 0.9, 0.98]) {
        const equal = new Array<number>(k).fill(n), unequal = equal.map((size, i) => (i % 2 === 0 ? size : Math.max(30, Math.round(size / 10))));
        const inward = rate < 0.5 ? 1 : -1;
        for (const [sizes, shape] of [[equal, 'equal'], [unequal, 'unequal']] as const) {
          for (const gap of [0, 0.05, 0.2]) cells.push({ name: `${k} groups of ${n} (${shape}), rate ${rate}, gap ${gap}`, n: sizes, rates: sizes.map((_, i) => (i === 1 ? rate + inward * gap : rate)) });
        }
      }
    }
  }
  cells.push({ name: 'rate .02, 30 against 5,000', n: [30, 5000], rates: [0.02, 0.02] }, { name: 'rate .02 and .07, 30 against 5,000', n: [30, 5000], rates: [0.07, 0.02] });
  return cells;
}

/** Percentiles of the largest gap over resampled groups. */
function percentile(x: readonly number[], n: readonly number[], random: RandomStream): readonly [number, number] {
  const samplers = x.map((events, i) => binomialSampler(n[i]!, events / n[i]!));
  const gaps = Float64Array.from({ length: draws }, () => {
    const rates = samplers.map((sample, i) => sample(random) / n[i]!);
    return Math.max(...rates) - Math.min(...rates);
  }).sort();
  return [gaps[Math.floor(0.025 * draws)]!, gaps[Math.ceil(0.975 * draws) - 1]!];
}

interface Row { cover: number; width: number; disparity: number; parity: number; ratioCover: number; bootCover: number; bootWidth: number }

function run(cell: Cell, index: number, trials: number): Row {
  const row: Row = { cover: 0, width: 0, disparity: 0, parity: 0, ratioCover: 0, bootCover: 0, bootWidth: 0 };
  const samplers = cell.n.map((size, i) => binomialSampler(size, cell.rates[i]!)), most = Math.max(...cell.rates), least = Math.min(...cell.rates), gap = most - least;
  const holds = ([low, high]: readonly [number, number], truth: number): number => Number(low <= truth + 1e-9 && truth <= high + 1e-9) / trials;
  for (let t = 0; t < trials; t++) {
    const random = randomStream(5, 'coverage', index, t), x = samplers.map((sample) => sample(random));
    const family: RateFamily = { x: Float64Array.from(x), n: Float64Array.from(cell.n), groups: Int32Array.from(cell.n.keys()) };
    const null_ = drawRatesMaxT(family, random, draws), shared = { level: LEVEL, rows: 1, complete: true, tested: true };
    const answer = assessGap({ ...shared, ends: differenceEnds([family], TOLERANCE), null: null_.difference, scale: 'difference' });
    const ratio = assessGap({ ...shared, tested: false, ends: ratioEnds([family], RATIO), null: null_.ratio, scale: 'ratio' });
    const boot = percentile(x, cell.n, random);
    row.cover += holds(answer.interval, gap);
    row.width += (answer.interval[1] - answer.interval[0]) / trials;
    row.disparity += Number(answer.verdict === 'disparity') / trials;
    row.parity += Number(answer.verdict === 'parity') / trials;
    row.ratioCover += holds(ratio.interval, least / most);
    row.bootCover += holds(boot, gap);
    row.bootWidth += (boot[1] - boot[0]) / trials;
  }
  return row;
}

const percent = (value: number): string => (100 * value).toFixed(1).padStart(6);
process.stdout.write(`${trials} trials a cell, ${draws} draws, level ${LEVEL}, tolerance ${TOLERANCE}; per cent\n`);
process.stdout.write('cover  width  disp.  parity ratio cover | bootstrap cover width | cell\n');
let fewest = 1, below = 0, falseDisparity = 0, falseParity = 0;
const cells = grid();
for (const [index, cell] of cells.entries()) {
  const first = run(cell, index, trials), weak = Math.min(first.cover, first.ratioCover) < FLOOR, row = weak ? run(cell, cells.length + index, 10 * trials) : first, gap = Math.max(...cell.rates) - Math.min(...cell.rates);
  process.stdout.write(`${percent(row.cover)} ${percent(row.width)} ${percent(row.disparity)} ${percent(row.parity)} ${percent(row.ratioCover)}      | ${percent(row.bootCover)} ${percent(row.bootWidth)} | ${cell.name}${weak ? ` (${10 * trials} trials)` : ''}\n`);
  fewest = Math.min(fewest, row.cover);
  if (Math.min(row.cover, row.ratioCover) < FLOOR) below++;
  if (gap <= TOLERANCE + 1e-9) falseDisparity = Math.max(falseDisparity, row.disparity);
  if (gap >= TOLERANCE - 1e-9) falseParity = Math.max(falseParity, row.parity);
}
process.stdout.write(`${cells.length} cells: lowest coverage ${percent(fewest)}, ${below} with one below 92.4; most false disparities ${percent(falseDisparity)}, most false parities ${percent(falseParity)}\n`);
