import { InvalidArgumentError, Option, type Command } from 'commander';
import { PROTOCOLS, type Protocol } from '../../bench/outlier-tables.ts';
import { benchOutliers, type OutlierMean } from '../../bench/outliers.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

interface OutlierOptions {
  readonly seeds: number;
  readonly rows: number;
  readonly fit?: readonly Protocol[];
  readonly against?: 'pyod';
  readonly keepPeer?: boolean;
}

const MOST_SEEDS = 100, FEWEST_ROWS = 100, MOST_ROWS = 1_000_000;

function within(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < low || value > high) throw new InvalidArgumentError(`a whole number from ${low} to ${high} is needed.`);
    return value;
  };
}

const TITLES: Readonly<Record<Protocol, string>> = { all: 'fitted to all rows, without labels', normal: 'fitted to half of the usual rows, judged on the others' };

function lines(means: readonly OutlierMean[], protocol: Protocol): readonly string[] {
  return [TITLES[protocol], ...means.filter((each) => each.protocol === protocol).map(({ tool, detector, tables, auroc, averagePrecision, seconds }) =>
    `  ${`${tool} ${detector}`.padEnd(22)} AUROC ${(100 * auroc).toFixed(1).padStart(5)}  average precision ${(100 * averagePrecision).toFixed(1).padStart(5)}  ${seconds.toFixed(2).padStart(7)} s a table  (${tables} table${tables === 1 ? '' : 's'})`)];
}

async function outliers(folder: string, { seeds, rows, fit, against, keepPeer }: OutlierOptions, output: Output): Promise<number> {
  const protocols = fit ?? PROTOCOLS, bench = await benchOutliers({ folder, seeds, mostRows: rows, protocols, pyod: against === 'pyod', keep: keepPeer === true, say: (line) => output.say(line) });
  output.result(bench, protocols.flatMap((protocol) => lines(bench.means, protocol)).join('\n'));
  return EXIT.done;
}

export function addBenchOutliers(bench: Command, act: Act): void {
  bench.command('outliers').description('how well known outliers are found: npz tables as ADBench has them').argument('<dir>', 'folder of .npz files with X and y, 1 for an outlier')
    .addOption(new Option('--seeds <n>', 'samples and fits, of which the mean counts').argParser(within(1, MOST_SEEDS)).default(3))
    .addOption(new Option('--rows <n>', 'rows of a table at most').argParser(within(FEWEST_ROWS, MOST_ROWS)).default(10_000))
    .addOption(new Option('--fit <rows...>', 'what detectors are fitted to: all rows, half of the normal ones; by default either').choices(PROTOCOLS))
    .addOption(new Option('--against <tool>', 'beside another tool on the same rows, installed for the time of the run').choices(['pyod']))
    .option('--keep-peer', 'leave the other tool in the cache folder for the next time')
    .action((folder: string, options: OutlierOptions) => act((output) => outliers(folder, options, output)));
}
