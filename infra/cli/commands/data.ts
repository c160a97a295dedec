import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { ensureSample, SAMPLES } from '../../setup/samples.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import type { Output } from '../output.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

async function list(output: Output): Promise<number> {
  const samples = SAMPLES.map(({ name, title, rows, source }) => ({ name, title, rows, source }));
  output.result({ samples }, samples.map(({ name, title, rows, source }) => `${name.padEnd(8)} ${String(rows).padStart(7)} rows  ${title}\n${' '.repeat(17)}${source}`).join('\n'));
  return EXIT.done;
}

async function get(name: string, options: { readonly out?: string }, output: Output): Promise<number> {
  const sample = SAMPLES.find((item) => item.name === name);
  if (sample === undefined) throw new UsageError(`there is no sample ${name}; there are: ${SAMPLES.map((item) => item.name).join(', ')}`);
  const cached = await ensureSample(name, { say: output.say });
  const path = resolve(options.out ?? sample.file);
  await mkdir(dirname(path), { recursive: true });
  await copyFile(cached, path);
  output.result({ name, path, rows: sample.rows, sha256: sample.sha256 }, path);
  return EXIT.done;
}

export function addData(program: Command, act: Act): void {
  const data = program.command('data').description('sample data sets, checksums pinned');
  data.command('list').description('what there is').action(() => act(list));
  data.command('get').description('fetch one as a CSV file').argument('<name>').option('--out <file>', 'where to (default: its own name, here)')
    .addHelpText('after', '\nExample:\n  penumbra data get adult --out data/adult.csv')
    .action((name: string, options: { readonly out?: string }) => act((output) => get(name, options, output)));
}
