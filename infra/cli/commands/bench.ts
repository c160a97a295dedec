import { InvalidArgumentError, Option, type Command } from 'commander';
import { benchFairlearn, type FairlearnBench } from '../../bench/fairlearn.ts';
import { benchFairness, type FairnessBench } from '../../bench/fairness.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { addBenchOutliers } from './bench-outliers.ts';
import { addBenchScale } from './bench-scale.ts';
import { addBenchTrain } from './bench-train.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

/** What Fairlearn finishes in about half a minute. */
const FAIRLEARN_ROWS = 15_000;
const FAIRLEARN_DRAWS = 50;

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1000) throw new InvalidArgumentError('a whole number of at least 1000 is needed.');
  return value;
}

interface FairnessOptions { readonly rows: number; readonly against?: 'fairlearn' }

function describe({ rows, attributes, draws, seconds, countSeconds, auditSeconds, cpuSeconds, rowDrawsPerSecond, peakMegabytes, groups }: FairnessBench): string {
  return `penumbra   ${rows.toLocaleString('en-US')} rows x ${attributes} attributes (${groups} groups with intersections) x ${draws.toLocaleString('en-US')} draws: ${seconds.toFixed(1)} s `
    + `(counting ${countSeconds.toFixed(1)}, intervals ${auditSeconds.toFixed(1)}; processor ${cpuSeconds.toFixed(1)} s), ${rowDrawsPerSecond.toExponential(2)} row-draws/s, ${Math.round(peakMegabytes)} MB at most`;
}

function describeOther({ version, rows, draws, seconds, rowDrawsPerSecond }: FairlearnBench, ratio: number): string {
  return `Fairlearn ${version}: ${rows.toLocaleString('en-US')} rows x ${draws} draws: ${seconds.toFixed(1)} s, ${rowDrawsPerSecond.toExponential(2)} row-draws/s; ratio ${Math.round(ratio).toLocaleString('en-US')}`;
}

async function fairness({ rows, against }: FairnessOptions, output: Output): Promise<number> {
  const own = await benchFairness(rows, (line) => output.say(line));
  if (against === undefined) {
    output.result({ results: [own] }, describe(own));
    return EXIT.done;
  }
  const other = await benchFairlearn(FAIRLEARN_ROWS, FAIRLEARN_DRAWS, (line) => output.say(line)), ratio = own.rowDrawsPerSecond / other.rowDrawsPerSecond;
  output.result({ results: [own, { ...other, ratio }] }, `${describe(own)}\n${describeOther(other, ratio)}`);
  return EXIT.done;
}

export function addBench(program: Command, act: Act): void {
  const bench = program.command('bench').description('measures this machine');
  bench.command('fairness').description('counting and intervals on generated rows')
    .addOption(new Option('--rows <n>', 'rows to generate').argParser(wholeNumber).default(10_000_000))
    .addOption(new Option('--against <tool>', 'beside another tool, installed for the time of the run').choices(['fairlearn']))
    .action((options: FairnessOptions) => act((output) => fairness(options, output)));
  addBenchOutliers(bench, act);
  addBenchScale(bench, act);
  addBenchTrain(bench, act);
}
