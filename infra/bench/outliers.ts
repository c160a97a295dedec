import { setImmediate as breathe } from 'node:timers/promises';
import { randomStream } from '../../models/engine/random.ts';
import { combine } from '../../models/outliers/combine.ts';
import { FEATURE_DETECTORS } from '../../models/outliers/detectors.ts';
import { sampleRows } from '../../models/outliers/sample-rows.ts';
import { fitDetector } from '../../models/outliers/score-rows.ts';
import { auroc } from '../../models/stats/delong.ts';
import { ascendingOrder } from '../../models/stats/ranks.ts';
import { type DetectorRun, type OutlierTable, type OutlierTask, outlierTables, type Protocol, PROTOCOLS, readOutlierTable, standardised } from './outlier-tables.ts';
import { Pyod } from './pyod.ts';

export interface OutlierBenchOptions {
  readonly folder: string;
  readonly seeds: number;
  readonly mostRows: number;
  readonly protocols: readonly Protocol[];
  readonly pyod: boolean;
  /** Leaves PyOD in the cache folder for the next time. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

/** One detector on one table, means over the seeds. */
export interface OutlierResult {
  readonly table: string;
  readonly protocol: Protocol;
  readonly tool: 'penumbra' | 'pyod';
  readonly detector: string;
  readonly rows: number;
  readonly features: number;
  readonly outliers: number;
  /** Null where the detector gave no finite scores. */
  readonly auroc: number | null;
  readonly averagePrecision: number | null;
  /** To fit and to score. */
  readonly seconds: number;
}

/** Means over the tables on which the detector gave scores for every protocol. */
export interface OutlierMean extends Pick<OutlierResult, 'protocol' | 'tool' | 'detector' | 'seconds'> {
  readonly tables: number;
  readonly auroc: number;
  readonly averagePrecision: number;
}

export interface OutlierBench { readonly results: readonly OutlierResult[]; readonly means: readonly OutlierMean[] }

function taskOf(table: OutlierTable, protocol: Protocol, seed: number): OutlierTask {
  const { rows } = table.x, everyRow = Uint32Array.from({ length: rows }, (_, row) => row);
  if (protocol === 'all') return { ...table, x: standardised(table.x, null), protocol, seed, fitted: null, judged: everyRow };
  const usual = everyRow.filter((row) => table.labels[row] === 0), chosen = sampleRows(usual.length, Math.floor(usual.length / 2), randomStream(seed, 'bench/usual rows'));
  const fitted = Uint32Array.from(chosen, (at) => usual[at]!), isFitted = new Set(fitted);
  return { ...table, x: standardised(table.x, fitted), protocol, seed, fitted, judged: everyRow.filter((row) => !isFitted.has(row)) };
}

/** Penumbra's detectors of features, and what it makes of all of them. (Those of networks need an audit.) */
async function runOwn({ x, fitted, seed }: OutlierTask): Promise<readonly DetectorRun[]> {
  const numbers = Array.from({ length: x.columns }, (_, j) => j), runs: { detector: string; scores: Float64Array; seconds: number }[] = [];
  for (const detector of FEATURE_DETECTORS) {
    const begun = performance.now(), scores = fitDetector(detector, { x, numbers, fittedRows: fitted, seed }).own();
    runs.push({ detector: detector.name, scores, seconds: (performance.now() - begun) / 1000 });
    await breathe();
  }
  const begun = performance.now(), { score } = combine(runs.map(({ detector, scores }) => ({ name: detector, scores })), fitted);
  return [...runs, { detector: 'combined', scores: score, seconds: runs.reduce((sum, { seconds }) => sum + seconds, (performance.now() - begun) / 1000) }];
}

/** Mean precision at the outliers, equal scores in one step (as scikit-learn's `average_precision_score`). scores ascending. */
export function averagePrecision(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  let found = 0, listed = 0, sum = 0;
  for (let end = scores.length; end > 0;) {
    let start = end, here = 0;
    while (start > 0 && scores[start - 1] === scores[end - 1]) here += labels[--start]!;
    listed += end - start;
    found += here;
    sum += here * (found / listed);
    end = start;
  }
  return sum / found;
}

function judge({ labels, judged }: OutlierTask, scores: ArrayLike<number>): { readonly auroc: number; readonly averagePrecision: number } | null {
  const own = Float64Array.from(judged, (row) => scores[row]!);
  if (!own.every(Number.isFinite)) return null;
  const order = ascendingOrder(own), sorted = Float64Array.from(order, (at) => own[at]!), truth = Uint8Array.from(order, (at) => labels[judged[at]!]!);
  return { auroc: auroc(sorted, truth).value, averagePrecision: averagePrecision(sorted, truth) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function resultOf(tool: OutlierResult['tool'], tasks: readonly OutlierTask[], runs: readonly DetectorRun[]): OutlierResult {
  const [{ name, protocol, x, labels }] = tasks as readonly [OutlierTask], judged = runs.map(({ scores }, k) => judge(tasks[k]!, scores)), whole = judged.filter((each) => each !== null);
  const isWhole = whole.length === judged.length;
  return {
    table: name, protocol, tool, detector: runs[0]!.detector, rows: x.rows, features: x.columns, outliers: labels.reduce((sum, label) => sum + label, 0),
    auroc: isWhole ? mean(whole.map((each) => each.auroc)) : null, averagePrecision: isWhole ? mean(whole.map((each) => each.averagePrecision)) : null, seconds: mean(runs.map(({ seconds }) => seconds)),
  };
}

/** Seeds of one table by detector. */
function resultsOf(tool: OutlierResult['tool'], tasks: readonly OutlierTask[], runs: readonly (readonly DetectorRun[])[]): readonly OutlierResult[] {
  return runs[0]!.map((_, i) => resultOf(tool, tasks, runs.map((each) => each[i]!)));
}

export function meansOf(results: readonly OutlierResult[]): readonly OutlierMean[] {
  const kinds = Map.groupBy(results, ({ protocol, tool, detector }) => JSON.stringify([protocol, tool, detector]));
  return [...kinds.values()].map((all): OutlierMean => {
    const [{ protocol, tool, detector }] = all as [OutlierResult], scored = all.filter((each) => each.auroc !== null);
    return { protocol, tool, detector, tables: scored.length, auroc: mean(scored.map((each) => each.auroc!)), averagePrecision: mean(scored.map((each) => each.averagePrecision!)), seconds: mean(all.map(({ seconds }) => seconds)) };
  }).sort((a, b) => PROTOCOLS.indexOf(a.protocol) - PROTOCOLS.indexOf(b.protocol) || b.auroc - a.auroc);
}

/**
 * How well outliers are found on tables where they are known (Han et al. 2022, ADBench): at most so many rows, standardised, means over seeds;
 * beside PyOD's detectors, on the same rows, where that is asked for.
 * @throws DataError for a folder without such tables; SetupError where PyOD cannot be installed.
 */
export async function benchOutliers(options: OutlierBenchOptions): Promise<OutlierBench> {
  const { folder, seeds, mostRows, protocols, say } = options, files = await outlierTables(folder), pyod = options.pyod ? await Pyod.install(options.keep, say) : null, results: OutlierResult[] = [];
  try {
    for (const [k, file] of files.entries()) {
      for (const protocol of protocols) {
        const tasks: OutlierTask[] = [];
        for (let seed = 0; seed < seeds; seed++) tasks.push(taskOf(await readOutlierTable(file, mostRows, seed), protocol, seed));
        const own: (readonly DetectorRun[])[] = [], others: (readonly DetectorRun[])[] = [];
        for (const task of tasks) {
          own.push(await runOwn(task));
          if (pyod !== null) others.push(await pyod.run(task));
        }
        const found = [...resultsOf('penumbra', tasks, own), ...(pyod === null ? [] : resultsOf('pyod', tasks, others))];
        results.push(...found);
        say(`${k + 1} of ${files.length}: ${found[0]!.table}, ${protocol}: AUROC ${(100 * found.find(({ detector }) => detector === 'combined')!.auroc!).toFixed(1)}`);
      }
    }
    return { results, means: meansOf(results) };
  } finally {
    await pyod?.dispose();
  }
}
