/* oxlint-disable no-console */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sha256 } from '../../activities/artifacts.ts';
import { STAGES } from '../../activities/types.ts';
import { hostFolder, readHost } from '../../infra/temporal/host-folder.ts';
import { openStore, type StoreConfig } from '../../infra/store/open-store.ts';
import type { Store } from '../../infra/store/store.ts';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { randomStream } from '../../models/engine/random.ts';
import { startSeaweed, type Seaweed } from '../infra/store/seaweed.ts';
import { createFaultyLine, SMALL_AUDIT, type FaultyLine } from './faulty-line.ts';
import { descendants } from './processes.ts';

/**
 * `npm run soak`: audits whose processes are killed at random stages and moments until enough kills are counted, on both stores.
 * Each audit has to end with the bytes of the undisturbed one, or to fail cleanly and be completed by a second run.
 */
const { values } = parseArgs({ options: { kills: { type: 'string', default: '200' }, minutes: { type: 'string', default: '40' }, store: { type: 'string', default: 'both' }, seed: { type: 'string', default: '1' } } });
const WORKER_SHARE = 0.04;
const SERVER_SHARE = 0.25;
const STORE_OUTAGE_MS = 30_000;
const IDLE_SECONDS = '15';

interface Tally {
  readonly store: 'dir' | 's3';
  /** `kind stage` → kills. */
  readonly kills: Map<string, number>;
  audits: number;
  cleanFailures: number;
  readonly wrong: string[];
}

const total = ({ kills }: Tally): number => [...kills.values()].reduce((sum, count) => sum + count, 0);

function count({ kills }: Tally, kind: string, stage: string): void {
  const key = `${kind} ${stage}`;
  kills.set(key, (kills.get(key) ?? 0) + 1);
}

interface Place {
  readonly faulty: FaultyLine;
  readonly config: StoreConfig;
  readonly store: Store;
  readonly seaweed: Seaweed | null;
}

async function makePlace(kind: Tally['store']): Promise<Place> {
  const seaweed = kind === 's3' ? await startSeaweed() : null, faulty = await createFaultyLine({ PENUMBRA_HOST_IDLE: IDLE_SECONDS }, SMALL_AUDIT, seaweed);
  return { faulty, config: faulty.store, store: await openStore(faulty.store), seaweed };
}

/** Everything an audit left; the host's own folder lies in a local store too. */
async function empty(store: Store): Promise<void> {
  for (const folder of ['objects/', 'stages/', 'pieces/', 'checkpoints/', 'audits/']) for await (const { key } of store.list(folder)) await store.remove(key);
}

/** Up to four kills for each stage (five attempts is what a stage has), now and then of its worker. */
function planKills(faulty: FaultyLine, random: ReturnType<typeof randomStream>): void {
  for (const stage of STAGES) {
    for (let kills = random.integer(5); kills > 0; kills--) {
      const worker = random.uniform() < WORKER_SHARE;
      faulty.plan(stage, { action: worker ? 'kill-worker' : 'kill', afterMs: Math.round(random.uniform() ** 2 * (stage === 'train' || stage === 'report' ? 2_000 : 600)) });
    }
  }
}

/** Kills the Temporal server once, and the S3 server for half a minute, at random moments of one audit. */
async function disturb({ config, seaweed }: Place, tally: Tally, random: ReturnType<typeof randomStream>, ended: AbortSignal): Promise<void> {
  const wait = (ms: number): Promise<void> => sleep(ms, undefined, { signal: ended }).catch(() => {});
  await wait(1_000 + random.uniform() * 10_000);
  if (ended.aborted) return;
  if (seaweed !== null && random.uniform() < SERVER_SHARE) {
    await seaweed.kill();
    count(tally, 'S3 server', 'any');
    await sleep(STORE_OUTAGE_MS);
    return seaweed.restart();
  }
  const host = await readHost(hostFolder(config));
  const server = host === null ? undefined : descendants(host.pid).find(({ name }) => name === 'temporal');
  if (server === undefined || random.uniform() > 0.5) return;
  process.kill(server.pid, 'SIGKILL');
  count(tally, 'Temporal server', 'any');
}

async function disturbedAudit(place: Place, tally: Tally, expected: unknown, random: ReturnType<typeof randomStream>): Promise<void> {
  const { faulty, store } = place, before = faulty.events().length, ended = new AbortController();
  planKills(faulty, random);
  const disturbing = disturb(place, tally, random, ended.signal);
  let { code, json } = await faulty.line.run('run', '--json', '--out', 'out');
  ended.abort();
  await disturbing;
  faulty.clearPlans();
  for (const { action, stage } of faulty.events().slice(before)) if (action !== 'begin') count(tally, action === 'kill' ? 'stage process' : 'worker', stage);
  tally.audits += 1;
  if (code === 3) {
    tally.cleanFailures += 1;
    ({ code, json } = await faulty.line.run('run', '--json', '--out', 'out'));
  }
  if (json['state'] !== 'completed') tally.wrong.push(`audit ${tally.audits}: ${JSON.stringify(json)}`);
  else if (JSON.stringify(faulty.line.manifest('out')) !== JSON.stringify(expected)) tally.wrong.push(`audit ${tally.audits}: other bytes`);
  for await (const { key } of store.list('objects/')) if (sha256(await store.get(key)) !== key.slice(-64)) tally.wrong.push(`audit ${tally.audits}: ${key} is not whole`);
}

async function endOf({ faulty, config, seaweed }: Place, tally: Tally): Promise<void> {
  const pid = (await readHost(hostFolder(config)))?.pid ?? null;
  if (pid !== null && isRunning(pid)) {
    process.kill(pid, 'SIGTERM');
    for (let waited = 0; waited < 40_000 && isRunning(pid); waited += 100) await sleep(100);
  }
  const left = [...new Set(faulty.events().map(({ pid }) => pid))].filter(isRunning);
  if (left.length > 0) tally.wrong.push(`processes left: ${left.join(', ')}`);
  await seaweed?.stop();
  await faulty.line.remove();
}

async function soak(kind: Tally['store'], kills: number, minutes: number): Promise<Tally> {
  const tally: Tally = { store: kind, kills: new Map(), audits: 0, cleanFailures: 0, wrong: [] };
  const place = await makePlace(kind), random = randomStream(Number(values.seed), `soak-${kind}`), started = performance.now();
  try {
    const calm = await place.faulty.line.run('run', '--json', '--out', 'calm');
    if (calm.json['state'] !== 'completed') throw new Error(`the undisturbed audit failed: ${calm.stderr}`);
    const expected = place.faulty.line.manifest('calm');
    while (total(tally) < kills && performance.now() - started < minutes * 60_000) {
      await empty(place.store);
      await disturbedAudit(place, tally, expected, random);
      console.error(`${kind}: ${total(tally)} kills in ${tally.audits} audits, ${tally.cleanFailures} clean failures, ${tally.wrong.length} wrong, ${((performance.now() - started) / 60_000).toFixed(1)} min`);
    }
  } finally {
    await endOf(place, tally);
  }
  return tally;
}

function table(tally: Tally): string {
  const kinds = [...new Set([...tally.kills.keys()].map((key) => key.slice(0, key.lastIndexOf(' '))))], stages = [...STAGES, 'any'];
  const row = (name: string, cells: readonly (string | number)[]): string => [name.padEnd(16), ...cells.map((cell) => String(cell).padStart(9))].join('');
  const lines = kinds.map((kind) => row(kind, [...stages.map((stage) => tally.kills.get(`${kind} ${stage}`) ?? 0), [...tally.kills].reduce((sum, [key, n]) => sum + (key.startsWith(`${kind} `) ? n : 0), 0)]));
  return [`${tally.store} store: ${total(tally)} kills in ${tally.audits} audits, ${tally.cleanFailures} failed cleanly and were completed by a second run, ${tally.wrong.length} wrong`, row('', [...stages, 'all']), ...lines, ...tally.wrong].join('\n');
}

const stores = values.store === 'both' ? ['dir', 's3'] as const : [values.store as Tally['store']];
const tallies: Tally[] = [];
for (const kind of stores) {
  const tally = await soak(kind, Math.ceil(Number(values.kills) / stores.length), Number(values.minutes) / stores.length);
  tallies.push(tally);
  console.error(table(tally));
}
const kills = tallies.reduce((sum, tally) => sum + total(tally), 0), wrong = tallies.flatMap((tally) => tally.wrong);
console.log(JSON.stringify({ kills, wrong, stores: tallies.map(({ kills: byKind, ...rest }) => ({ ...rest, kills: Object.fromEntries(byKind) })) }));
process.exitCode = wrong.length > 0 || kills < Number(values.kills) ? 1 : 0;
