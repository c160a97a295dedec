import { readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { Argument, type Command } from 'commander';
import { guessData } from '../../guess/guess-data.ts';
import { locateData } from '../../guess/locate-data.ts';
import type { Guesses } from '../../guess/types.ts';
import { writeConfig } from '../../guess/write-config.ts';
import { formatOfName } from '../../readers/file-format.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { typed } from '../invocation.ts';
import type { Output } from '../output.ts';

interface InitOptions {
  readonly out: string;
  readonly force?: boolean;
}

const YAML_FILE = /\.ya?ml$/i;
const MOST_NAMED = 8;
/** `.json` and `.txt` files of a folder are rarely its data. */
const UNLIKELY = /\.(?:json|txt|test)$/i;

/** The one data file of the folder. @throws UsageError when there is none, or more than one. */
async function onlyDataFile(): Promise<string> {
  const files = (await readdir('.')).filter((name) => formatOfName(name) !== null && !UNLIKELY.test(name)).sort();
  if (files.length === 1) return files[0]!;
  throw new UsageError(files.length === 0 ? `there is no data file in this folder; name one: ${typed('init people.csv')}, or a sample: ${typed('init sample:compas')}`
    : `there are ${files.length} data files in this folder (${files.slice(0, 5).join(', ')}${files.length > 5 ? ', …' : ''}); name one of them`);
}

/** The data as the configuration names it: relative to the configuration when it lies below it, absolute elsewhere. */
function pathFor(data: string, out: string): string {
  if (/^(?:sample:|s3:\/\/)/.test(data)) return data;
  const near = relative(out === '-' ? '.' : dirname(resolve(out)), resolve(data));
  return near.startsWith('..') ? resolve(data) : near;
}

async function init(data: string | undefined, { out, force = false }: InitOptions, output: Output): Promise<number> {
  if (out !== '-' && !force && await stat(out).then(() => true, () => false)) throw new UsageError(`${out} is there already; write to another file with --out FILE, print with --out -, or replace it with --force`);
  if (out !== '-' && !YAML_FILE.test(out)) throw new UsageError(`--out ${out}: a configuration is a .yaml file`);
  const source = data ?? await onlyDataFile();
  if (YAML_FILE.test(source)) throw new UsageError(`${source} is a configuration; init makes one from data: name the data file`);
  const { location, name } = await locateData(source, output.say);
  const guesses = await guessData(location);
  const text = writeConfig(guesses, { path: pathFor(source, out), name });
  if (out === '-') {
    output.result({ guesses, config: text }, text.trimEnd());
    return EXIT.done;
  }
  await writeFile(out, text, { flag: force ? 'w' : 'wx' });
  const next = typed(`run ${out}`);
  output.result({ out, guesses, next }, `${summaryOf(guesses)}\n${out} written: read it, then\n  ${next}`);
  return EXIT.done;
}

function summaryOf(guesses: Guesses): string {
  const one = (name: string, value: string | number | undefined): string[] => (value === undefined ? [] : [`${name.padEnd(10)} ${value}`]);
  return [
    ...one('rows', guesses.rows.toLocaleString('en')), ...one('columns', guesses.columns.length.toLocaleString('en')),
    ...one('label', guesses.label === null ? 'none found' : `${guesses.label.value}${guesses.positive === null ? '' : `, positive is ${JSON.stringify(guesses.positive.value)}`}`),
    ...one('score', guesses.score?.value), ...one('threshold', guesses.threshold?.value), ...one('decision', guesses.prediction?.value),
    ...one('protected', guesses.protected.map((each) => each.column).join(', ') || 'none found'),
    ...one('id', guesses.id?.value), ...one('cluster', guesses.cluster?.value),
    ...one('excluded', few(guesses.exclude.map((each) => each.column)) || 'nothing'),
    ...(guesses.doubts.length === 0 ? [] : [`${guesses.doubts.length} ${guesses.doubts.length === 1 ? 'thing is' : 'things are'} worth a look: they stand at the end of the file`]),
  ].join('\n');
}

/** The first of many names: all of them, each with its reason, are in the file. */
function few(names: readonly string[]): string {
  return names.length <= MOST_NAMED + 1 ? names.join(', ') : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more, each with its reason in the file`;
}

export function addInit(program: Command, act: (action: (output: Output) => Promise<number>) => Promise<void>): void {
  program.command('init')
    .description('write an audit.yaml with what was guessed from the data, each guess with its reason')
    .addArgument(new Argument('[data]', 'a data file or sample:NAME; the only data file of this folder without one'))
    .option('--out <file>', 'where to; - prints it', 'audit.yaml')
    .option('--force', 'replace the file when it is there')
    .addHelpText('after', `
Examples:
  penumbra init people.csv && penumbra run audit.yaml
  penumbra init sample:compas --out compas.yaml
  penumbra init people.csv --out -`)
    .action((data: string | undefined, options: InitOptions) => act((output) => init(data, options, output)));
}
