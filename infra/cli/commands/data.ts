import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { ensureSample, SAMPLES, type Sample } from '../../setup/samples.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { typed } from '../invocation.ts';
import type { Output } from '../output.ts';
import { describeData, type DescribeOptions } from './describe.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

async function list(output: Output): Promise<number> {
  const text = (sample: Sample): string => [
    `${sample.name.padEnd(13)}${sample.rows.toLocaleString('en').padStart(6)} rows  ${sample.title}`, `${sample.origin === 'generated' ? 'generated' : 'fetched'}: ${sample.source}`, ...(sample.truth === null ? [] : [`truth: ${sample.truth.says}`]),
  ].join(`\n${' '.repeat(26)}`);
  output.result({ samples: SAMPLES }, `${SAMPLES.map(text).join('\n')}\n\nTry one: ${typed('init sample:NAME')}, or ${typed('data get NAME')}`);
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
  const data = program.command('data').description('sample data sets, checksums pinned, and the profile of a file');
  data.command('list').description('what there is, and what is planted in the generated sets').action(() => act(list));
  data.command('get').description('write one as a CSV file').argument('<name>').option('--out <file>', 'where to (default: its own name, here)')
    .addHelpText('after', '\nExample:\n  penumbra data get adult --out data/adult.csv')
    .action((name: string, options: { readonly out?: string }) => act((output) => get(name, options, output)));
  data.command('describe').description('the profile of a data file: what each column holds, drawn small').argument('<file>', 'a data file or sample:NAME')
    .option('--all', 'every column of a wide table')
    .addHelpText('after', '\nExample:\n  penumbra data describe people.csv')
    .action((file: string, options: DescribeOptions) => act((output) => describeData(file, options, output)));
}
