import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { causeOfDeath, tellingLine, type Death } from '../../../infra/trainer/cause-of-death.ts';
import type { StageRequest } from '../../../infra/trainer/messages.ts';
import { ProcessPool, type PoolOptions } from '../../../infra/trainer/process-pool.ts';
import type { StageProcessError } from '../../../infra/trainer/stage-process-handle.ts';

const ENTRY = fileURLToPath(new URL('./dying-process.ts', import.meta.url));

let pool: ProcessPool;
afterEach(() => pool.close());

function start(options: Partial<PoolOptions> = {}): void {
  pool = new ProcessPool({ store: { kind: 'dir', path: '/nowhere' }, entry: ENTRY, ...options });
}
const request = (die: string): StageRequest => ({ stage: 'train', input: { config: { die }, inputs: {}, seed: 0 } });
const run = (die: string, signal = new AbortController().signal): Promise<unknown> => pool.run(request(die), { signal, onProgress: () => {} });
const death = (die: string): Promise<StageProcessError> => run(die).then(() => { throw new Error('it lived'); }, (error: unknown) => error as StageProcessError);

describe('a process that dies over a stage is reported as what it died of', () => {
  it.each([
    ['its JavaScript heap ran out', 'heap', 'out-of-memory', ['ran out of its JavaScript heap', 'FATAL ERROR', 'heap out of memory']],
    ['a native library ran out of memory', 'bad-alloc', 'out-of-memory', ['could not get the memory', 'std::bad_alloc']],
    ['a buffer could not be had', 'array-buffer', 'out-of-memory', ['could not get the memory', 'Array buffer allocation failed']],
    ['it touched foreign memory', 'segfault', 'crashed', ['SIGSEGV']],
    ['the processor lacks an instruction', 'illegal', 'crashed', ['SIGILL', 'set backend to wasm']],
    ['somebody ended it', 'terminated', 'killed', ['SIGTERM']],
    ['it ended by itself', 'exit', 'exited', ['exit code 7']],
    ['it threw', 'throw', 'exited', ['exit code 1', 'a library threw where nobody looked']],
  ])('%s', async (_what, die, code, words) => {
    start({ heapMiB: 48 });
    const error = await death(die);
    expect(error).toMatchObject({ kind: 'crashed', code });
    for (const word of ['the process of the train stage', ...words]) expect(error.message).toContain(word);
  });

  it('keeps what it wrote to standard error', async () => {
    start();
    expect((await death('throw')).stderr).toMatch(/a library threw[\s\S]*dying-process\.ts/);
  });

  it('ends the largest when all together hold more than they may, and says how much that was', async () => {
    start({ memoryBytes: 400 * 2 ** 20 });
    const error = await death('grow');
    expect(error).toMatchObject({ kind: 'crashed', code: 'out-of-memory' });
    expect(error.message).toMatch(/was ended at [\d,]+ MiB.*more than the 400 MiB they may; give the machine more memory, or the worker fewer slots/);
  });

  it('calls it cancelled when it was asked to stop, though it took a signal', async () => {
    start();
    const controller = new AbortController(), running = run('deaf', controller.signal).catch((error: unknown) => error);
    setTimeout(() => controller.abort(), 500);
    expect(await running).toMatchObject({ kind: 'cancelled', code: 'cancelled' });
  });
});

describe('a process is used again', () => {
  const pid = async (): Promise<unknown> => (await run('answer') as { pid: number }).pid;

  it('after a result and after a fault of the data, not after any other fault', async () => {
    start();
    const first = await pid();
    expect(await death('data')).toMatchObject({ kind: 'data', message: 'a fault: data', stderr: '' });
    expect(await pid()).toBe(first);
    expect(await death('infrastructure')).toMatchObject({ kind: 'infrastructure', code: 'infrastructure' });
    expect(await pid()).not.toBe(first);
  });

  it('not when it holds more than it may keep', async () => {
    start({ recycleAboveBytes: 0 });
    expect(await pid()).not.toBe(await pid());
  });
});

describe('causeOfDeath', () => {
  const killed: Death = { exitCode: null, signal: 'SIGKILL', stderr: '', stopped: null, kernelKilled: false };

  it('tells the kernel\'s killing for want of memory from a kill by hand', () => {
    pool = new ProcessPool({ store: { kind: 'dir', path: '/nowhere' } });
    expect(causeOfDeath(killed)).toMatchObject({ code: 'killed' });
    expect(causeOfDeath({ ...killed, kernelKilled: true })).toMatchObject({ code: 'out-of-memory', text: expect.stringContaining('kernel') });
    expect(causeOfDeath({ ...killed, signal: 'SIGSEGV', kernelKilled: true })).toMatchObject({ code: 'crashed' });
  });

  it('finds the line that tells most among what was written', () => {
    expect(tellingLine('Last few GCs\nFATAL ERROR: heap\n 1: 0x1 node::Abort()\n')).toBe('FATAL ERROR: heap');
    expect(tellingLine('starting\nTypeError: x is not a function\n    at main (a.js:1:1)\n\nNode.js v24\n')).toBe('TypeError: x is not a function');
    expect(tellingLine('')).toBe('');
  });
});

describe('what a process is given', () => {
  it('shares the cores out among the slots, and shows it no GPU', async () => {
    start({ slots: 1 });
    expect(await run('answer')).toMatchObject({ threads: String(availableParallelism()), device: '-1' });
    pool.close();
    start({ slots: 64 });
    expect(await run('answer')).toMatchObject({ threads: '1' });
  });

  it('gives each process beside others a GPU of its own, and its place to the next when it is gone', async () => {
    start({ devices: [0, 3] });
    const both = await Promise.all([run('answer'), run('answer')]) as { device: string }[];
    expect(both.map(({ device }) => device).sort()).toEqual(['0', '3']);
    await death('exit');
    const [survivor, next] = await Promise.all([run('answer'), run('answer')]) as { device: string }[];
    expect([survivor!.device, next!.device].sort()).toEqual(['0', '3']);
  });
});
