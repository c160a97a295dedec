import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { randomStream } from '../../models/engine/random.ts';

/**
 * Seconds, processor seconds and largest process of every stage, on a generated CSV of so many rows and 20 columns, through the command line:
 * `node test/bench/memory.ts ROWS [--stages ingest,encode] [--set model.epochs=1 …] [--keep FOLDER]`. Each stage is computed by a run
 * of its own that finds those before it in the store, so that its processes are its own. `--keep` names a folder that is used again.
 * Processor seconds are those of the stage processes, user and system, and do not depend on what else the machine does.
 */
const CLI = fileURLToPath(new URL('../../infra/cli/main.ts', import.meta.url));
const STAGES = ['ingest', 'encode', 'train', 'latents', 'density', 'fairness', 'outliers', 'debias', 'perturb', 'slices', 'report'];
const SAMPLE_MS = 100;
const BLOCK_ROWS = 10_000;
/** USER_HZ of Linux: what times in /proc are counted in. */
const TICKS_A_SECOND = 100;

interface Peak {
  readonly process: string;
  readonly bytes: number;
  /** User and system, so far. */
  readonly processorSeconds: number;
}

function argument(name: string): string | null {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : process.argv[at + 1] ?? null;
}

function settings(): string[] {
  return process.argv.flatMap((each, i) => (each === '--set' ? [each, process.argv[i + 1]!] : []));
}

/** 20 columns: an id, a label that follows from four others, a score, two protected attributes, categories, whole and broken numbers, some missing. */
async function writeCsv(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path), random = randomStream(1, 'bench/memory');
  file.write(`id,label,score,sex,race,job,region,code,${Array.from({ length: 6 }, (_, i) => `n${i}`).join(',')},${Array.from({ length: 6 }, (_, i) => `w${i}`).join(',')}\n`);
  for (let row = 0; row < rows; row += BLOCK_ROWS) {
    const lines: string[] = [];
    for (let i = row; i < Math.min(rows, row + BLOCK_ROWS); i++) lines.push(lineOf(i, random));
    if (!file.write(lines.join(''))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

function lineOf(row: number, random: ReturnType<typeof randomStream>): string {
  const common = random.normal(), numbers = Array.from({ length: 6 }, (_, i) => (common * (i % 3) + random.normal()));
  const whole = Array.from({ length: 6 }, (_, i) => Math.floor(random.uniform() * 10 ** (1 + i % 4)));
  const sex = random.uniform() < 0.5 ? 'm' : 'f', race = 'abcde'[Math.floor(5 * random.uniform() ** 2)]!;
  const chance = 1 / (1 + Math.exp(-(numbers[1]! + 0.3 * numbers[2]! + (sex === 'm' ? 0.3 : 0)))), label = random.uniform() < chance ? 'yes' : 'no';
  const cells = [`p${row}`, label, chance.toFixed(4), sex, race, `job${random.integer(14)}`, `r${random.integer(40)}`, `c${random.integer(8)}`,
    ...numbers.map((value, i) => (i === 5 && random.uniform() < 0.05 ? '' : value.toFixed(5))), ...whole];
  return `${cells.join(',')}\n`;
}

/** Largest resident size and processor time so far of this process and its descendants, by what they are; kept in `peaks`. strangers: other processes, which are not looked at again. */
async function samplePeaks(root: number, peaks: Map<number, Peak>, strangers: Set<number>): Promise<void> {
  const parents = new Map<number, number>(), spent = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || strangers.has(pid)) continue;
    const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
    if (text === null) continue;
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    parents.set(pid, Number(fields[1]));
    spent.set(pid, (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND);
  }
  const isOurs = async (pid: number): Promise<boolean> => {
    for (let at = pid; at > 1; at = parents.get(at) ?? 0) if (at === root) return true;
    return (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).includes(`PENUMBRA_BENCH=${process.pid}\0`);
  };
  for (const pid of parents.keys()) {
    if (pid === process.pid || !(peaks.has(pid) || await isOurs(pid))) {
      strangers.add(pid);
      continue;
    }
    const [status, command] = await Promise.all([readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''), readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')]);
    const bytes = 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0), before = peaks.get(pid);
    // A process that is ending has no memory any more, nor a command line.
    peaks.set(pid, { bytes: Math.max(bytes, before?.bytes ?? 0), process: command === '' ? before?.process ?? 'other' : nameOf(command), processorSeconds: spent.get(pid)! });
  }
}

function nameOf(command: string): string {
  if (command.includes('stage-process')) return 'stage';
  if (command.includes('temporal') && command.includes('start-dev')) return 'temporal';
  return command.includes('host.ts') ? 'host' : 'other';
}

interface StageRun {
  readonly seconds: number;
  readonly peaks: readonly Peak[];
}

async function runStage(folder: string, stage: string): Promise<StageRun> {
  const child = spawn(process.execPath, [CLI, 'run', 'audit.yaml', '--only', stage, '--out', 'out', ...settings()], {
    cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, PENUMBRA_HOST_IDLE: '1', PENUMBRA_BENCH: String(process.pid) },
  });
  let said = '', code: number | null = null;
  child.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-2000); });
  const exit = once(child, 'exit').then(([status]) => status as number), peaks = new Map<number, Peak>(), strangers = new Set<number>();
  while (code === null) {
    await samplePeaks(child.pid!, peaks, strangers);
    code = await Promise.race([exit, sleep(SAMPLE_MS, null)]);
  }
  if (code !== 0 && code !== 1) throw new Error(`the run for ${stage} ended with ${code}: ${said}`);
  const records = (await readdir(join(folder, '.penumbra', 'audits'))).sort();
  const record = JSON.parse(await readFile(join(folder, '.penumbra', 'audits', records.at(-1)!), 'utf8')) as { stages: { name: string; seconds?: number | null }[] };
  const found = record.stages.find(({ name }) => name === stage);
  // A program that breaks off ends with 1 as well, and leaves no record.
  if (found === undefined) throw new Error(`the run for ${stage} left no record of it: ${said}`);
  await sleep(3000);
  return { seconds: found.seconds ?? Number.NaN, peaks: [...peaks.values()] };
}

async function main(rows: number): Promise<void> {
  const kept = argument('--keep'), folder = kept ?? await mkdtemp(join(tmpdir(), 'penumbra-memory-')), csv = join(folder, `rows-${rows}.csv`);
  if (await stat(csv).catch(() => null) === null) await writeCsv(csv, rows);
  await writeFile(join(folder, 'audit.yaml'), `name: memory\ndata:\n  path: ${csv}\n  id: id\n  label: label\n  positive: "yes"\n  score: score\n  protected: [sex, race]\n`);
  process.stdout.write(`${rows} rows, ${Math.round((await stat(csv)).size / 1e6)} MB of CSV\n| stage | seconds | processor seconds | µs a row | largest stage process, MiB | host, MiB |\n| --- | ---: | ---: | ---: | ---: | ---: |\n`);
  let total = 0;
  for (const stage of argument('--stages')?.split(',') ?? STAGES) {
    const { seconds, peaks } = await runStage(folder, stage);
    const largest = (name: string): number => Math.round(Math.max(0, ...peaks.filter((peak) => peak.process === name).map(({ bytes }) => bytes)) / 2 ** 20);
    const processor = peaks.filter((peak) => peak.process === 'stage').reduce((sum, { processorSeconds }) => sum + processorSeconds, 0);
    total += processor;
    process.stdout.write(`| ${stage} | ${seconds.toFixed(1)} | ${processor.toFixed(1)} | ${(1e6 * processor / rows).toFixed(1)} | ${largest('stage')} | ${largest('host')} |\n`);
  }
  process.stdout.write(`| all | | ${total.toFixed(1)} | ${(1e6 * total / rows).toFixed(1)} | | |\n`);
  if (kept === null) await rm(folder, { recursive: true });
}

const rows = Number(process.argv[2]);
if (!Number.isInteger(rows) || rows < 100) throw new Error('usage: node test/bench/memory.ts ROWS [--stages a,b] [--set key=value] [--keep FOLDER]');
await main(rows);
