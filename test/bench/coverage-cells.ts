import { randomStream, type RandomStream } from '../../models/engine/random.ts';
import { assessGap, type GapAnswer } from '../../models/fairness/assess.ts';
import { drawEvents, largestScores, sparseRate } from '../../models/fairness/max-score.ts';
import { maxT, raiseMaxT, smoothedRates } from '../../models/fairness/max-t-distribution.ts';
import { drawRateErrors, largestErrors } from '../../models/fairness/max-t.ts';
import { differenceEnds, ratioEnds } from '../../models/fairness/rate-gap.ts';
import type { RateFamily } from '../../models/fairness/rates.ts';
import { binomialSampler } from '../../models/stats/binomial.ts';

export const LEVEL = 0.95, TOLERANCE = 0.05, RATIO = 0.8;
const QUESTION = { level: LEVEL, rows: 1, complete: true, tested: true } as const;

/** One place of the acceptance grid: groups with their sizes and true rates. */
export interface Cell {
  readonly groups: number;
  readonly size: number;
  /** `unequal`: every second group has a tenth of the rows, 30 at least. */
  readonly shape: 'equal' | 'unequal';
  readonly rate: number;
  /** All equal, or one group off by .05, by .2, or to .8 of the others' rate. */
  readonly case: 'parity' | 'gap .05' | 'gap .2' | 'ratio .8';
  readonly n: readonly number[];
  readonly rates: readonly number[];
}

function otherRate(rate: number, kind: Cell['case']): number {
  if (kind === 'parity') return rate;
  if (kind === 'ratio .8') return RATIO * rate;
  return rate + (rate < 0.5 ? 1 : -1) * (kind === 'gap .05' ? 0.05 : 0.2);
}

/** k = 2, 4, 8, 12; n = 50 … 10,000; rates .02 … .98; equal and unequal; and 30 rows beside 5,000. */
export function grid(): Cell[] {
  const cells: Cell[] = [], kinds = ['parity', 'gap .05', 'gap .2', 'ratio .8'] as const;
  for (const kind of kinds) for (const groups of [2, 4, 8, 12]) for (const size of [50, 200, 1000, 10_000]) for (const shape of ['equal', 'unequal'] as const) for (const rate of [0.02, 0.1, 0.5, 0.9, 0.98]) {
    const n = Array.from({ length: groups }, (_, i) => (shape === 'equal' || i % 2 === 0 ? size : Math.max(30, Math.round(size / 10))));
    cells.push({ groups, size, shape, rate, case: kind, n, rates: n.map((_, i) => (i === 1 ? otherRate(rate, kind) : rate)) });
  }
  const lone = { groups: 2, size: 5000, shape: 'unequal', rate: 0.02, n: [5000, 30] } as const;
  cells.push({ ...lone, case: 'parity', rates: [0.02, 0.02] }, { ...lone, case: 'gap .05', rates: [0.02, 0.07] });
  return cells;
}

/** Quantile of a sorted sample by linear interpolation, as NumPy has it. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1), low = Math.floor(at);
  return sorted[low]! + (at - low) * (sorted[Math.min(sorted.length - 1, low + 1)]! - sorted[low]!);
}

/** Shares of trials, and mean widths. */
export interface Outcome {
  readonly trials: number;
  readonly cover: number; readonly width: number; readonly disparity: number; readonly parity: number;
  readonly ratioCover: number; readonly ratioWidth: number; readonly ratioDisparity: number; readonly ratioParity: number;
  /** Of the percentile bootstrap: `disparity` when its lower end is above the tolerance, `parity` when its upper end is below. */
  readonly bootCover: number; readonly bootWidth: number; readonly bootDisparity: number; readonly bootParity: number;
}

export const MEASURES = ['cover', 'width', 'disparity', 'parity', 'ratioCover', 'ratioWidth', 'ratioDisparity', 'ratioParity', 'bootCover', 'bootWidth', 'bootDisparity', 'bootParity'] as const;

/** Trials of a cell, with the draws of its groups: those of a group with the same count are shared between trials, so that they need not be drawn again. */
class Trials {
  readonly #cell: Cell;
  readonly #stream: number;
  readonly #draws: number;
  readonly #known = new Map<string, unknown>();

  constructor(cell: Cell, stream: number, draws: number) {
    this.#cell = cell;
    this.#stream = stream;
    this.#draws = draws;
  }

  #once<T>(purpose: string, group: number, events: number, make: (random: RandomStream) => T): T {
    const key = `${purpose} ${group} ${events}`;
    if (!this.#known.has(key)) this.#known.set(key, make(randomStream(5, `coverage/${purpose}`, this.#stream, group, events)));
    return this.#known.get(key) as T;
  }

  #gap(family: RateFamily): GapAnswer {
    const draws = this.#draws, { rate } = smoothedRates(family), comparisons = rate.length * (rate.length - 1);
    const errors = Array.from(rate, (p, i) => this.#once('gap', i, family.x[i]!, (random) => drawRateErrors(family.n[i]!, p, random, draws)));
    return assessGap({ ...QUESTION, ends: differenceEnds([family], TOLERANCE), null: maxT(largestErrors(errors, draws), comparisons), scale: 'difference' });
  }

  #ratio(family: RateFamily): GapAnswer {
    const draws = this.#draws, { n, x } = family, { rate } = smoothedRates(family), comparisons = rate.length * (rate.length - 1), pooled = sparseRate(family);
    const own = maxT(largestScores(Array.from(rate, (p, i) => this.#once('ratio', i, x[i]!, (random) => drawEvents(n[i]!, p, random, draws))), n, rate), comparisons);
    const raised = pooled === null ? own : raiseMaxT(own, this.#once('pooled', 0, x.reduce((sum, events) => sum + events, 0), (random) =>
      maxT(largestScores(Array.from(n, (trials) => drawEvents(trials, pooled, random, draws)), n, new Float64Array(n.length).fill(pooled)), comparisons)));
    return assessGap({ ...QUESTION, ends: ratioEnds([family], RATIO), null: raised, scale: 'ratio' });
  }

  /** Percentiles of the largest gap over rows resampled within groups. */
  percentiles({ x, n }: RateFamily): readonly [number, number] {
    const most = new Float64Array(this.#draws), least = new Float64Array(this.#draws).fill(1);
    for (const [i, events] of x.entries()) {
      const rates = this.#once('bootstrap', i, events, (random) => drawEvents(n[i]!, events / n[i]!, random, this.#draws).map((count) => count / n[i]!));
      for (let b = 0; b < rates.length; b++) {
        if (rates[b]! > most[b]!) most[b] = rates[b]!;
        if (rates[b]! < least[b]!) least[b] = rates[b]!;
      }
    }
    const gaps = most.map((rate, b) => rate - least[b]!).sort();
    return [quantile(gaps, (1 - LEVEL) / 2), quantile(gaps, (1 + LEVEL) / 2)];
  }

  /** One audit of the counts x. @returns in the order of MEASURES */
  audit(x: Float64Array): readonly number[] {
    const { n, rates } = this.#cell, family: RateFamily = { x, n: Float64Array.from(n), groups: Int32Array.from(n.keys()) };
    const most = Math.max(...rates), least = Math.min(...rates), boot = this.percentiles(family);
    const holds = ([low, high]: readonly [number, number], truth: number): number => Number(low <= truth + 1e-9 && truth <= high + 1e-9);
    const row = ({ interval, verdict }: GapAnswer, truth: number): number[] => [holds(interval, truth), interval[1] - interval[0], Number(verdict === 'disparity'), Number(verdict === 'parity')];
    return [...row(this.#gap(family), most - least), ...row(this.#ratio(family), least / most), holds(boot, most - least), boot[1] - boot[0], Number(boot[0] > TOLERANCE), Number(boot[1] < TOLERANCE)];
  }
}

/** The percentile bootstrap of one table of counts. */
export function percentileInterval(x: readonly number[], n: readonly number[], draws: number, stream = 0): readonly [number, number] {
  const cell: Cell = { groups: n.length, size: 0, shape: 'equal', rate: 0, case: 'parity', n, rates: n.map(() => 0) };
  return new Trials(cell, stream, draws).percentiles({ x: Float64Array.from(x), n: Float64Array.from(n), groups: Int32Array.from(n.keys()) });
}

/** @param stream number of the random streams: another for each cell and repetition */
export function runCell(cell: Cell, stream: number, trials: number, draws: number): Outcome {
  const samplers = cell.n.map((size, i) => binomialSampler(size, cell.rates[i]!)), sum = new Float64Array(MEASURES.length), audits = new Trials(cell, stream, draws);
  for (let t = 0; t < trials; t++) {
    const random = randomStream(5, 'coverage/counts', stream, t);
    audits.audit(Float64Array.from(samplers, (sample) => sample(random))).forEach((value, i) => { sum[i]! += value / trials; });
  }
  return { trials, ...Object.fromEntries(MEASURES.map((name, i) => [name, sum[i]!])) } as unknown as Outcome;
}
