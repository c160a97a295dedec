import { InvalidArgumentError, Option, type Command } from 'commander';
import { benchScale, type ScaleOptions } from '../../bench/scale.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 is needed.');
  return Number(text);
}

async function scale(options: ScaleOptions, output: Output): Promise<number> {
  const result = await benchScale(options, (line) => output.say(line)), { workers, seeds, backend, oneWorkerSeconds, manyWorkersSeconds, efficiency, occupied, slowdown, serialSeconds, sameBytes } = result;
  output.result({ results: [result] }, `Adult, ${seeds} seeds, ${backend}: one worker ${oneWorkerSeconds.toFixed(1)} s, ${workers} workers ${manyWorkersSeconds.toFixed(1)} s; `
    + `efficiency ${efficiency.toFixed(2)} (workers occupied ${Math.round(100 * occupied)} % of the time, stages ${slowdown.toFixed(2)} times as long beside each other, ${serialSeconds.toFixed(1)} s serial); ${sameBytes ? 'the same bytes' : 'THE BYTES DIFFER'}`);
  return sameBytes ? EXIT.done : EXIT.infrastructure;
}

export function addBenchScale(bench: Command, act: Act): void {
  bench.command('scale').description('one audit by one worker and by several, each on a core of its own')
    .addOption(new Option('--workers <n>', 'workers beside each other').argParser(count).default(2))
    .addOption(new Option('--seeds <n>', 'networks to train').argParser(count).default(4))
    .addOption(new Option('--epochs <n>', 'epochs of each').argParser(count).default(30))
    .addOption(new Option('--backend <name>', 'what to compute with; the best that is present by default').choices(['wasm', 'tensorflow']))
    .addOption(new Option('--rounds <n>', 'times to measure each, in alternation').argParser(count).default(3))
    .action((options: ScaleOptions) => act((output) => scale(options, output)));
}
