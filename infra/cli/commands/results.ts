import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { publishReport } from '../../results/publish.ts';
import { readRecord } from '../../results/records.ts';
import { verifyFolder } from '../../results/verify.ts';
import { openStore } from '../../store/open-store.ts';
import type { Replay } from '../../temporal/replay-audit.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { typed } from '../invocation.ts';
import type { Output } from '../output.ts';
import { createProgressView } from '../progress-view.ts';
import { placeOfOptions, withPlace, type PlaceOptions } from '../place-options.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

interface ReportOptions extends PlaceOptions {
  readonly open?: boolean;
  readonly out?: string;
}

/** The audit a result folder came from. */
async function idOfFolder(folder: string): Promise<string> {
  const path = join(folder, 'provenance.json');
  if (!existsSync(path)) throw new UsageError(`${folder} is no result of an audit: it has no provenance.json`);
  return (JSON.parse(await readFile(path, 'utf8')) as { id: string }).id;
}

function openInBrowser(path: string): void {
  const [command, ...args] = process.platform === 'darwin' ? ['open', path] : process.platform === 'win32' ? ['cmd', '/c', 'start', '', path] : ['xdg-open', path];
  spawn(command!, args, { detached: true, stdio: 'ignore' }).on('error', () => {}).unref();
}

async function report(target: string, options: ReportOptions, output: Output): Promise<number> {
  const isFolder = existsSync(join(target, 'manifest.json')) || target.includes('/');
  const id = isFolder ? await idOfFolder(resolve(target)) : target;
  const store = await openStore((await placeOfOptions(options)).store);
  const record = await readRecord(store, id);
  if (record === null) throw new UsageError(`the store knows no audit ${id}; list them with: ${typed('status')}`);
  if (record.report === null) throw new UsageError(`audit ${id} has no report (${record.state})`);
  const kept = record.provenance['out'];
  const out = options.out !== undefined ? resolve(options.out) : isFolder ? resolve(target) : typeof kept === 'string' ? kept : resolve('penumbra-out', record.name);
  await publishReport(store, record, out);
  const page = join(out, 'report.html');
  if (options.open === true) openInBrowser(page);
  output.result({ id, out, report: page }, page);
  return EXIT.done;
}

interface VerifyOptions {
  readonly replay?: boolean;
  readonly data?: string;
}

async function replay(folder: string, { data }: VerifyOptions, output: Output): Promise<{ readonly replay: Replay; readonly text: string }> {
  const { replayAudit, replayText } = await import('../../temporal/replay-audit.ts');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  output.say('computing it again in a store of its own');
  const found = await replayAudit(folder, { data: data === undefined ? null : resolve(data), onStatus: createProgressView(output), say: output.say, signal: stop.signal });
  return { replay: found, text: replayText(found) };
}

async function verify(target: string, options: VerifyOptions, output: Output): Promise<number> {
  const folder = resolve(target);
  if (!existsSync(join(folder, 'manifest.json'))) throw new UsageError(`${target} is no result of an audit: it has no manifest.json`);
  if (options.data !== undefined && options.replay !== true) throw new UsageError('--data says where the data lies for --replay: give both');
  const found = await verifyFolder(folder);
  const lines = found.problems.map(({ file, problem, expected, found: hash }) =>
    `${file}: ${problem}${problem === 'differs' ? ` (sha256 ${hash}, the manifest says ${expected})` : ''}`);
  const end = found.problems.length === 0 ? `${found.files} files, every one as the manifest says`
    : `${found.problems.length} of ${found.files} files are not as the manifest says; ${typed(`report ${target}`)} writes them again from the store`;
  const again = options.replay === true ? await replay(folder, options, output) : null;
  output.result({ ...found, ...(again === null ? {} : { replay: again.replay }) }, [...lines, end, ...(again === null ? [] : [again.text])].join('\n'));
  return found.problems.length === 0 && again?.replay.same !== false ? EXIT.done : EXIT.findings;
}

export function addResults(program: Command, act: Act): void {
  withPlace(program.command('report').description('write the report again from stored results').argument('<id-or-folder>'))
    .option('--open', 'open it in the browser').option('--out <dir>', 'folder for the files (default: where they were)')
    .addHelpText('after', '\nExamples:\n  penumbra report penumbra-out/adult-income --open\n  penumbra report 20261122-185044-adult-income-3f2a --out /tmp/report')
    .action((target: string, options: ReportOptions) => act((output) => report(target, options, output)));
  program.command('verify').description('check every file of a result against its manifest').argument('<folder>')
    .option('--replay', 'compute it again from its data in a store of its own, and compare the bytes')
    .option('--data <file>', 'where the data lies now (default: where it was)')
    .addHelpText('after', '\nExamples:\n  penumbra verify penumbra-out/adult-income\n  penumbra verify penumbra-out/adult-income --replay\n\nExit codes: 0 all as it should be · 1 a file is missing or differs')
    .action((folder: string, options: VerifyOptions) => act((output) => verify(folder, options, output)));
}
