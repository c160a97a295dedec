import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { ADULT_CASE, ENCODE_CASE, TRAIN_CASES } from '../../bench/train-cases.ts';
import { benchTrain, type TrainBench, type TrainRatio, type TrainResult } from '../../bench/train.ts';
import { findTensorflow } from '../../setup/tensorflow-build.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import type { Output } from '../output.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

interface TrainOptions {
  readonly case?: readonly string[];
  readonly backend?: readonly string[];
  readonly precision: 'float32' | 'bfloat16';
  readonly against?: 'torch';
  readonly rounds: number;
  readonly threads: number;
  readonly torchThreads?: number;
  readonly keepPeer?: boolean;
}

const NAMES = TRAIN_CASES.map(({ name }) => name);

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > 1000) throw new InvalidArgumentError('a whole number from 1 to 1000 is needed.');
  return value;
}

/** Those that this machine has; a bfloat16 product is there on tensorflow alone. */
function backendsFor({ backend, precision }: TrainOptions): readonly string[] {
  const built = findTensorflow() !== null;
  if (precision === 'bfloat16' && (backend?.some((name) => name !== 'tensorflow') ?? !built)) {
    throw new UsageError('bfloat16 products are there on the tensorflow backend alone: run penumbra setup tensorflow, or leave --precision out');
  }
  if (backend !== undefined) return backend;
  return precision === 'bfloat16' ? ['tensorflow'] : [...(built ? ['tensorflow'] : []), 'wasm'];
}

function line({ case: name, backend, batch, msPerStep, rowsPerSecond, precision, seconds }: TrainResult): string {
  const whole = seconds === undefined ? '' : `  ${seconds.toFixed(1)} s in all`;
  return `${name.padEnd(18)} ${backend.padEnd(13)} batch ${String(batch).padStart(4)}  ${msPerStep.toFixed(2).padStart(8)} ms/step ${Math.round(rowsPerSecond).toLocaleString('en-US').padStart(9)} rows/s  ${precision}${whole}`;
}

function ratioLine({ case: name, backend, against, ratio, lossDifference }: TrainRatio): string {
  return `${name.padEnd(18)} ${backend} / ${against}: ${ratio.toFixed(2)}x the time (losses differ by ${(100 * lossDifference).toPrecision(2)} % at most)`;
}

function text({ results, ratios, failures }: TrainBench): string {
  return [...results.map(line), ...ratios.map(ratioLine), ...failures].join('\n');
}

async function train(options: TrainOptions, output: Output): Promise<number> {
  const { precision, rounds, threads } = options;
  const bench = await benchTrain({
    cases: options.case ?? NAMES, backends: backendsFor(options), precision, rounds, threads, torchThreads: options.torchThreads ?? threads, torch: options.against === 'torch', keep: options.keepPeer === true,
    say: (message) => output.say(message),
  });
  for (const failure of bench.failures) output.warn(failure);
  output.result(bench, text(bench));
  return EXIT.done;
}

/** `penumbra bench train`. */
export function addBenchTrain(bench: Command, act: Act): void {
  bench.command('train').description('training steps by network and backend')
    .addOption(new Option('--case <name...>', `networks to train; by default ${NAMES.join(', ')}`).choices([...NAMES, ENCODE_CASE.name, ADULT_CASE]))
    .addOption(new Option('--backend <name...>', 'by default those that this machine has').choices(['tensorflow', 'webgpu', 'wasm', 'cpu']))
    .addOption(new Option('--precision <kind>', 'of products of matrices').choices(['float32', 'bfloat16']).default('float32'))
    .addOption(new Option('--against <tool>', 'the same steps in another tool, installed for the time of the run').choices(['torch']))
    .addOption(new Option('--rounds <n>', 'rounds of about 1.5 s, of which the median counts').argParser(count).default(5))
    .addOption(new Option('--torch-threads <n>', 'for PyTorch, where it is to have others').argParser(count))
    .addOption(new Option('--threads <n>', 'for every side; an audit trains each network on cores ÷ slots, by default one').argParser(count).default(Math.min(2, availableParallelism())))
    .option('--keep-peer', 'leave the other tool in the cache folder for the next time')
    .action((options: TrainOptions) => act((output) => train(options, output)));
}
