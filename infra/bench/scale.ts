import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from '../setup/setup-error.ts';
import { ensureSample } from '../setup/samples.ts';
import { startDevServer } from '../temporal/dev-server.ts';

export interface ScaleOptions {
  readonly seeds: number;
  readonly epochs: number;
  readonly workers: number;
  readonly rounds: number;
  /** What this machine computes with fastest by default. */
  readonly backend?: string;
}

/** Medians over the rounds. */
export interface ScaleFigures {
  /** Of the whole audit. */
  readonly oneWorkerSeconds: number;
  readonly manyWorkersSeconds: number;
  /** Time of one worker over `workers` times the time of all: 1 when nothing is lost. It is `occupied` over `slowdown`, but for what passes between stages. */
  readonly efficiency: number;
  /** Share of their time in which the workers had a stage to compute. */
  readonly occupied: number;
  /** Time that stages take beside each other over their time alone: what cores of one machine take from each other. */
  readonly slowdown: number;
  /** Time in which one worker alone had work, were that all that keeps the others from it (Amdahl 1967). */
  readonly serialSeconds: number;
}

export interface ScaleBench extends ScaleFigures {
  readonly case: 'scale';
  readonly workers: number;
  readonly seeds: number;
  readonly epochs: number;
  readonly backend: string;
  readonly sameBytes: boolean;
}

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const SERVING_TIMEOUT_MS = 60_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** A worker that has one core to itself; its stage processes stay on that core. */
export async function startWorker(core: number, queues: string, store: string, environment: Environment): Promise<ChildProcess> {
  const command = [process.execPath, MAIN, 'worker', '--queues', queues, '--slots', '1', '--set', `store.path=${store}`, '--json'];
  const child = spawn('taskset', ['-c', String(core), ...command], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the worker on core ${core} did not begin to serve`)), SERVING_TIMEOUT_MS);
    child.on('error', (error) => reject(new SetupError('missing', `taskset does not start (${error.message}): it comes with util-linux and ties a worker to one core`)));
    child.on('exit', (code) => reject(new Error(`the worker on core ${core} ended with ${code}`)));
    child.stdout!.on('data', (chunk: Buffer) => {
      if (!chunk.includes('serving')) return;
      clearTimeout(late);
      resolve();
    });
  });
  return child;
}

export async function stopWorker(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  if (child.exitCode === null) await once(child, 'exit');
}

export interface Timing {
  readonly seconds: number;
  /** Of all its stages and tasks. */
  readonly busySeconds: number;
}

interface TimedAudit extends Timing { readonly manifest: string; readonly backend: string }

async function runAudit(folder: string, options: ScaleOptions, environment: Environment): Promise<TimedAudit> {
  const settings = [`model.seeds=${options.seeds}`, `model.epochs=${options.epochs}`, ...(options.backend === undefined ? [] : [`backend=${options.backend}`]), `store.path=${join(folder, 'store')}`];
  const child = spawn(process.execPath, [MAIN, 'run', 'sample:adult', ...settings.flatMap((each) => ['--set', each]), '--out', join(folder, 'out'), '--fail-on', 'never', '--quiet'],
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit') as [number | null];
  if (code !== 0) throw new Error(`the audit ended with ${code}`);
  const provenance = JSON.parse(await readFile(join(folder, 'out', 'provenance.json'), 'utf8')) as { seconds: number; stages: readonly { seconds: number | null }[] };
  const manifest = await readFile(join(folder, 'out', 'manifest.json'), 'utf8');
  return { seconds: provenance.seconds, busySeconds: provenance.stages.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0), manifest, backend: String((JSON.parse(manifest) as { backend?: string }).backend) };
}

/** One audit from nothing: an own Temporal server and store, so many workers of one core each. */
async function timeAudit(workers: number, options: ScaleOptions): Promise<TimedAudit> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-scale-')), server = await startDevServer();
  const environment = { TEMPORAL_ADDRESS: server.address }, started: ChildProcess[] = [];
  try {
    for (let k = 0; k < workers; k++) started.push(await startWorker(k, k === 0 ? 'workflow,cpu' : 'cpu', join(folder, 'store'), environment));
    return await runAudit(folder, options, environment);
  } finally {
    await Promise.all(started.map(stopWorker));
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** one, many: as often as each other. */
export function scaleFigures(one: readonly Timing[], many: readonly Timing[], workers: number): ScaleFigures {
  const oneWorkerSeconds = median(one.map(({ seconds }) => seconds)), manyWorkersSeconds = median(many.map(({ seconds }) => seconds));
  return {
    oneWorkerSeconds, manyWorkersSeconds, efficiency: oneWorkerSeconds / (workers * manyWorkersSeconds),
    occupied: median(many.map(({ seconds, busySeconds }) => busySeconds / (workers * seconds))),
    slowdown: median(many.map(({ busySeconds }, i) => busySeconds / one[i]!.busySeconds)),
    serialSeconds: workers < 2 ? manyWorkersSeconds : median(many.map(({ seconds, busySeconds }) => Math.max(0, (workers * seconds - busySeconds) / (workers - 1)))),
  };
}

/**
 * The whole audit of Adult with one worker and with several, each tied to a core of its own, in alternation.
 * @throws SetupError where there are fewer cores than workers.
 */
export async function benchScale(options: ScaleOptions, say: (line: string) => void): Promise<ScaleBench> {
  const { workers, rounds, seeds, epochs } = options;
  if (availableParallelism() < workers) throw new SetupError('platform', `${workers} workers of one core each need ${workers} cores; this machine lets us use ${availableParallelism()}`);
  await ensureSample('adult', { say });
  const one: TimedAudit[] = [], many: TimedAudit[] = [];
  for (let round = 1; round <= rounds; round++) {
    one.push(await timeAudit(1, options));
    many.push(await timeAudit(workers, options));
    say(`round ${round} of ${rounds}: one worker ${one.at(-1)!.seconds.toFixed(1)} s, ${workers} workers ${many.at(-1)!.seconds.toFixed(1)} s`);
  }
  return {
    case: 'scale', workers, seeds, epochs, backend: one[0]!.backend, ...scaleFigures(one, many, workers),
    sameBytes: new Set([...one, ...many].map(({ manifest }) => manifest)).size === 1,
  };
}
