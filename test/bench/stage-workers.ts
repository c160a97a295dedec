import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startWorker, stopWorker } from '../../infra/bench/scale.ts';
import { startDevServer } from '../../infra/temporal/dev-server.ts';

/**
 * One stage by one worker of one core and by two, in alternation, in a folder that `test/bench/memory.ts ROWS --stages … --keep FOLDER` left with what the
 * stage needs: `node test/bench/stage-workers.ts FOLDER outliers [ROUNDS] [--set model.epochs=1 …]`, with the settings of that run. Seconds are those of the audit less
 * those of one that finds everything; busy seconds those of the stage's calls together. Says whether the results are the same.
 */
const MAIN = fileURLToPath(new URL('../../infra/cli/main.ts', import.meta.url));

interface Run { readonly seconds: number; readonly busy: number; readonly result: string }

async function runAudit(folder: string, stage: string, settings: readonly string[], address: string): Promise<Run> {
  const store = join(folder, '.penumbra'), started = performance.now();
  const child = spawn(process.execPath, [MAIN, 'run', 'audit.yaml', '--only', stage, '--out', 'out', '--fail-on', 'never', '--quiet', '--set', `store.path=${store}`, ...settings],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, TEMPORAL_ADDRESS: address } });
  const [code] = await once(child, 'exit') as [number | null], seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`the audit ended with ${code}`);
  const records = (await readdir(join(store, 'audits'))).sort(), results = await readdir(join(store, 'stages', stage));
  const { stages } = JSON.parse(await readFile(join(store, 'audits', records.at(-1)!), 'utf8')) as { stages: { name: string; seconds?: number | null }[] };
  const result = (await Promise.all(results.map((name) => readFile(join(store, 'stages', stage, name), 'utf8')))).sort().join('\n');
  return { seconds, busy: stages.find(({ name }) => name === stage)?.seconds ?? 0, result };
}

async function timeStage(workers: number, folder: string, stage: string, settings: readonly string[]): Promise<Run> {
  const store = join(folder, '.penumbra'), server = await startDevServer(), children = [];
  try {
    for (const place of [join('stages', stage), 'pieces']) await rm(join(store, place), { recursive: true, force: true });
    for (let k = 0; k < workers; k++) children.push(await startWorker(k, k === 0 ? 'workflow,cpu' : 'cpu', store, { TEMPORAL_ADDRESS: server.address }));
    const computed = await runAudit(folder, stage, settings, server.address), found = await runAudit(folder, stage, settings, server.address);
    return { ...computed, seconds: computed.seconds - found.seconds };
  } finally {
    await Promise.all(children.map(stopWorker));
    await server.stop();
  }
}

const [, , given, stage, rounds = '1', ...settings] = process.argv;
if (given === undefined || stage === undefined) throw new Error('usage: node test/bench/stage-workers.ts FOLDER STAGE [ROUNDS] [--set key=value …]');
const folder = resolve(given);
process.stdout.write(`${stage}\n| workers | seconds | busy seconds |\n| ---: | ---: | ---: |\n`);
const results = new Set<string>();
for (let round = 0; round < Number(rounds); round++) {
  for (const workers of [1, 2]) {
    const { seconds, busy, result } = await timeStage(workers, folder, stage, settings);
    results.add(result);
    process.stdout.write(`| ${workers} | ${seconds.toFixed(1)} | ${busy.toFixed(1)} |\n`);
  }
}
process.stdout.write(`${results.size === 1 ? 'the same bytes' : 'OTHER BYTES'}\n`);
