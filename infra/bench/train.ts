import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Contender } from './train-contender.ts';
import type { ContenderOptions } from './train-contender.ts';
import { ADULT_CASE, ENCODE_CASE, TRAIN_CASES } from './train-cases.ts';
import type { TrainCase } from './train-cases.ts';
import type { TrainReady } from './train-messages.ts';
import { torchContender, torchEnvironment, writeTorchFiles } from './torch.ts';

export interface TrainBenchOptions {
  readonly cases: readonly string[];
  readonly backends: readonly string[];
  readonly precision: 'float32' | 'bfloat16';
  readonly rounds: number;
  readonly threads: number;
  readonly torchThreads: number;
  readonly torch: boolean;
  /** Leaves PyTorch in the cache folder for the next time. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

export interface TrainResult {
  readonly case: string;
  /** tensorflow, wasm, cpu; torch-eager or torch-compile. */
  readonly backend: string;
  readonly batch: number;
  /** Median over the rounds, with the noise drawn and the rows gathered. */
  readonly msPerStep: number;
  readonly rowsPerSecond: number;
  readonly precision: string;
  readonly stepsPerCall: number;
  readonly rounds: number;
  /** After the last of the steps that all sides take with the same rows, noise and initial parameters. */
  readonly loss: number | null;
  /** Of a whole training, where that is the case. */
  readonly seconds?: number;
  readonly version: string;
}

export interface TrainRatio {
  readonly case: string;
  readonly backend: string;
  readonly against: string;
  /** Ours over theirs: below 1 is faster. */
  readonly ratio: number;
  /** Largest difference of the compared losses, as a share. */
  readonly lossDifference: number;
}

export interface TrainBench { readonly results: readonly TrainResult[]; readonly ratios: readonly TrainRatio[]; readonly failures: readonly string[] }

const PROCESS = fileURLToPath(new URL('./train-process.ts', import.meta.url));
/** A round is as many steps as take about this long. */
const ROUND_SECONDS = 1.5;
const WARM_UP_STEPS = 16;
/** A call of more steps is a whole training and needs no warm-up. */
const LONG_CALL = 100;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b), middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What a line of results says of a case. */
type Named = Pick<TrainCase, 'name' | 'batch'>;
/** As the sample's configuration has it. */
const ADULT: Named = { name: ADULT_CASE, batch: 256 };

function ownContender({ name }: Named, backend: string, { precision, threads }: TrainBenchOptions): ContenderOptions {
  const used = backend === 'tensorflow' ? precision : 'float32', count = String(threads);
  return {
    name: backend, command: process.execPath, arguments: ['--disable-warning=ExperimentalWarning', PROCESS, name, backend, used],
    environment: { TF_NUM_INTRAOP_THREADS: count, TF_NUM_INTEROP_THREADS: count },
  };
}

interface Running { readonly contender: Contender; readonly ready: TrainReady; steps: number; readonly milliseconds: number[] }

/** Whole calls, about as many steps as a round should have. */
function stepsFor(milliseconds: number, stepsPerCall: number): number {
  return stepsPerCall * Math.max(1, Math.round(ROUND_SECONDS * 1000 / milliseconds / stepsPerCall));
}

async function start(options: ContenderOptions): Promise<Running> {
  const contender = new Contender(options);
  try {
    const ready = await contender.ready(), { stepsPerCall } = ready;
    if (stepsPerCall > LONG_CALL) return { contender, ready, steps: stepsPerCall, milliseconds: [] };
    const steps = stepsPerCall * Math.ceil(WARM_UP_STEPS / stepsPerCall);
    await contender.train({ steps: stepsPerCall });
    const { seconds } = await contender.train({ steps });
    return { contender, ready, steps: stepsFor(seconds * 1000 / steps, stepsPerCall), milliseconds: [] };
  } catch (error) {
    await contender.end();
    throw error;
  }
}

async function measure(running: readonly Running[], rounds: number, say: (line: string) => void): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    for (const each of running) {
      const { seconds } = await each.contender.train({ steps: each.steps });
      each.milliseconds.push(seconds * 1000 / each.steps);
    }
    say(`round ${round} of ${rounds}: ${running.map(({ contender, milliseconds }) => `${contender.name} ${milliseconds.at(-1)!.toFixed(2)} ms`).join(', ')}`);
  }
}

function resultOf({ name, batch }: Named, { contender, ready, steps, milliseconds }: Running, precision: string): TrainResult {
  const msPerStep = median(milliseconds), own = contender.name !== 'tensorflow' && !contender.name.startsWith('torch') ? 'float32' : precision;
  return {
    case: name, backend: contender.name, batch, msPerStep, rowsPerSecond: batch / msPerStep * 1000, precision: own, stepsPerCall: ready.stepsPerCall,
    rounds: milliseconds.length, loss: ready.losses.at(-1) ?? null, ...(steps > LONG_CALL && name === ADULT_CASE ? { seconds: msPerStep * steps / 1000 } : {}), version: ready.version,
  };
}

/** Largest |a − b| / |b| of two lists of losses. */
export function lossDifference(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((loss, i) => Math.abs(loss - b[i]!) / Math.abs(b[i]!)));
}

function ratiosOf({ name }: Named, running: readonly Running[]): TrainRatio[] {
  const theirs = running.filter(({ contender }) => contender.name.startsWith('torch'));
  return running.filter((each) => !theirs.includes(each)).flatMap((own) => theirs.map((other) => ({
    case: name, backend: own.contender.name, against: other.contender.name, ratio: median(own.milliseconds) / median(other.milliseconds),
    lossDifference: lossDifference(own.ready.losses, other.ready.losses),
  })));
}

async function benchCase(trainCase: Named, contenders: readonly ContenderOptions[], options: TrainBenchOptions): Promise<TrainBench> {
  const running: Running[] = [], failures: string[] = [];
  try {
    for (const each of contenders) {
      options.say(`${trainCase.name}: starting ${each.name}`);
      try {
        running.push(await start(each));
      } catch (error) {
        // A mode of the peer that does not start here (no compiler, say) takes nothing from the rest.
        if (!each.name.startsWith('torch')) throw error;
        failures.push(`${trainCase.name}: ${(error as Error).message}`);
      }
    }
    await measure(running, options.rounds, (line) => options.say(`${trainCase.name}: ${line}`));
    return { results: running.map((each) => resultOf(trainCase, each, options.precision)), ratios: ratiosOf(trainCase, running), failures };
  } finally {
    for (const { contender } of running) await contender.end();
  }
}

async function torchContenders(trainCase: TrainCase, { precision, torchThreads }: TrainBenchOptions, python: string, folder: string): Promise<ContenderOptions[]> {
  const place = { python, folder: join(folder, trainCase.name), precision, threads: torchThreads };
  await writeTorchFiles(place.folder, trainCase);
  return await Promise.all((['eager', 'compile'] as const).map((mode) => torchContender(trainCase, { ...place, mode })));
}

async function benchCases(options: TrainBenchOptions, python: string | null, folder: string): Promise<TrainBench> {
  const parts: TrainBench[] = [];
  for (const named of [...TRAIN_CASES, ENCODE_CASE, ADULT].filter(({ name }) => options.cases.includes(name))) {
    const own = options.backends.map((backend) => ownContender(named, backend, options)), trainCase = TRAIN_CASES.find((each) => each === named);
    const others = python === null || trainCase === undefined ? [] : await torchContenders(trainCase, options, python, folder);
    parts.push(await benchCase(named, [...own, ...others], options));
  }
  return { results: parts.flatMap(({ results }) => results), ratios: parts.flatMap(({ ratios }) => ratios), failures: parts.flatMap(({ failures }) => failures) };
}

/**
 * Milliseconds of a training step by case and backend, and beside PyTorch where it is asked for: all sides as processes of their own, in
 * turn, round by round, so that what disturbs the machine disturbs them alike.
 * @throws SetupError where PyTorch cannot be installed.
 */
export async function benchTrain(options: TrainBenchOptions): Promise<TrainBench> {
  const peer = options.torch ? await torchEnvironment(options.keep, options.say) : null;
  try {
    const folder = await mkdtemp(join(tmpdir(), 'penumbra-train-'));
    try {
      return await benchCases(options, peer?.python ?? null, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } finally {
    await peer?.dispose();
  }
}
