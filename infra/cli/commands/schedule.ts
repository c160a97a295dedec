import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { WATCH_DEFAULTS } from '../../../models/nights/watch.ts';
import { backfillSchedule, createSchedule, deleteSchedule, listSchedules, pauseSchedule, resumeSchedule, triggerSchedule } from '../../schedule/schedule-client.ts';
import { durationMs, scheduleSpec } from '../../schedule/schedule-spec.ts';
import { servedPlace, staysAt } from '../../schedule/served-place.ts';
import { storeSchedule } from '../../schedule/stored-schedule.ts';
import { codeVersion } from '../../setup/code-version.ts';
import { sampleConfig } from '../../setup/sample-config.ts';
import { ensureSample } from '../../setup/samples.ts';
import { findSession, type Place, type Session } from '../../temporal/session.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { typed } from '../invocation.ts';
import type { Output } from '../output.ts';
import { collect, placeOfOptions, withPlace, type PlaceOptions } from '../place-options.ts';
import { checkWritable } from '../writable-folder.ts';
import { acknowledgeCauses, showSchedule } from './schedule-nights.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

interface CreateOptions {
  readonly name?: string;
  readonly cron?: string;
  readonly every?: string;
  readonly timeZone: string;
  readonly catchUp: string;
  readonly out?: string;
  readonly set: readonly string[];
  readonly webhook?: string;
  readonly paused?: string;
  readonly alpha: string;
  readonly tolerance: string;
  readonly baselineNights: string;
  readonly minimumRows: string;
  readonly rule: 'bonferroni' | 'e-bh';
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** A Temporal service; for what is to come when nobody is there one that stays, and does not end with the last audit. */
async function sessionOf(given: Place, staying: boolean): Promise<Session> {
  const place = await servedPlace(given), passing = staying && place.temporal.address === null && !await staysAt(place.store), session = passing ? null : await findSession(place);
  if (session === null) throw new UsageError(`schedules need a Temporal service that stays: start one for this store with ${typed('serve')}, or name yours with TEMPORAL_ADDRESS (and run ${typed('worker')} for it)`);
  return session;
}

function within(text: string, flag: string, [low, high]: readonly [number, number]): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= low && value <= high)) throw new UsageError(`${flag} is ${text}: expected a number from ${low} to ${high}`);
  return value;
}

function webhookOf(text: string | undefined): string | null {
  if (text === undefined || text === 'env') return text ?? null;
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) throw new UsageError(`--webhook is ${text}: expected an http:// or https:// address, or env for PENUMBRA_WEBHOOK_URL of the worker`);
  if (url.username !== '' || url.password !== '') throw new UsageError('--webhook holds a password: it would be kept in the store; put the address into PENUMBRA_WEBHOOK_URL of the worker and give --webhook env');
  return text;
}

async function create(file: string | undefined, options: CreateOptions, output: Output): Promise<number> {
  const loaded = await loadConfig({ file: sampleConfig(file ?? null) ?? file ?? null, settings: options.set, seed: null, backend: null, environment: process.env, folder: process.cwd() });
  const name = options.name ?? loaded.audit.name.replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  if (!NAME.test(name)) throw new UsageError(`--name is ${name}: expected letters, digits, dots, dashes and underscores, at most 100`);
  const { spec, clockChanges } = scheduleSpec({ cron: options.cron ?? null, every: options.every ?? null, timeZone: options.timeZone }, Date.now());
  const catchUpMs = durationMs(options.catchUp, '--catch-up'), out = resolve(options.out ?? `penumbra-out/${name}`);
  await checkWritable(out, '--out');
  const watch = { alpha: within(options.alpha, '--alpha', [0.0001, 0.5]), rule: options.rule, tolerance: within(options.tolerance, '--tolerance', [0, 1]), baselineNights: Math.round(within(options.baselineNights, '--baseline-nights', [1, 1000])) };
  const session = await sessionOf(loaded, true);
  try {
    const location = loaded.location.startsWith('sample:') ? await ensureSample(loaded.location.slice('sample:'.length), { say: output.say }) : loaded.location;
    const version = await storeSchedule(session.store, { name, config: loaded.audit, location, out, embedded: session.embedded, watch, minimumRows: within(options.minimumRows, '--minimum-rows', [0, 1]), webhook: webhookOf(options.webhook) });
    await createSchedule(session.client, { input: { schedule: name, version, code: codeVersion() }, spec, catchUpMs, paused: options.paused ?? null, memo: { configName: loaded.audit.name, location, out } });
    const said = clockChanges.slice(0, 2).map(({ date, kind }) => `clocks change on ${date}: the time ${kind === 'skipped' ? 'does not come, and that night runs an hour later' : 'comes twice: should that night run twice, the second finds nothing new'}`);
    output.result({ name, version, out, clockChanges }, [`schedule ${name} (configuration ${version.slice(0, 12)})`, ...said, `see it: ${typed(`schedule show ${name}`)} · run it now: ${typed(`schedule trigger ${name}`)}`].join('\n'));
    return EXIT.done;
  } finally {
    await session.client.connection.close();
  }
}

/** Runs with a session that is closed afterwards. */
async function withSession(options: PlaceOptions, work: (session: Session) => Promise<number>): Promise<number> {
  const session = await sessionOf(await placeOfOptions(options), false);
  try {
    return await work(session);
  } finally {
    await session.client.connection.close();
  }
}

const list = (options: PlaceOptions, output: Output): Promise<number> => withSession(options, async ({ client }) => {
  const schedules = await listSchedules(client);
  output.result({ schedules }, schedules.length === 0 ? `no schedules yet; make one with: ${typed('schedule create audit.yaml --cron "30 2 * * *"')}` : schedules.map(({ name, paused, note, next }) => `${name}  ${paused ? `paused${note === null ? '' : `: ${note}`}` : `next ${next ?? 'never'}`}`).join('\n'));
  return EXIT.done;
});

function timeOf(text: string, flag: string): Date {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new UsageError(`${flag} is ${text}: expected a time such as 2026-11-22T02:30:00Z`);
  return time;
}

/** One thing done to a schedule, and what is said then. */
function simple(name: string, options: PlaceOptions, output: Output, did: string, work: (session: Session) => Promise<void>): Promise<number> {
  return withSession(options, async (session) => {
    await work(session);
    output.result({ name, did }, `schedule ${name}: ${did}`);
    return EXIT.done;
  });
}

function addCreate(schedule: Command, act: Act): void {
  schedule.command('create').description('audit every night, compare with the last good night and a fixed baseline, alarm').argument('[config-or-data]', 'audit.yaml, a data file, or sample:NAME; ./audit.yaml without one')
    .option('--name <name>', 'name of the schedule (default: the audit’s)').option('--cron <fields>', 'when, by the clock on the wall: "30 2 * * *"').option('--every <time>', 'how often: 90s, 15m, 6h, 1d')
    .option('--time-zone <name>', 'time zone of --cron', 'UTC').option('--catch-up <time>', 'how late a night may begin after an outage', '1d').option('--out <dir>', 'folder for each night, feed.xml and junit.xml (default: penumbra-out/NAME)')
    .addOption(new Option('--set <path=value>', 'set a configuration key; repeatable').argParser(collect).default([], 'none'))
    .option('--webhook <url>', 'where alarms are posted, or env for PENUMBRA_WEBHOOK_URL of the worker; signed with PENUMBRA_WEBHOOK_SECRET').option('--paused <reason>', 'create it paused')
    .option('--alpha <share>', 'probability of any false alarm of the watched gaps, ever', String(WATCH_DEFAULTS.alpha)).addOption(new Option('--rule <rule>', 'how the gaps share it').choices(['bonferroni', 'e-bh']).default(WATCH_DEFAULTS.rule))
    .option('--tolerance <share>', 'growth of a gap beyond its baseline’s bound that nobody is woken for', String(WATCH_DEFAULTS.tolerance)).option('--baseline-nights <n>', 'good nights that a gap’s fixed baseline is pooled over, before it is watched', String(WATCH_DEFAULTS.baselineNights))
    .option('--minimum-rows <share>', 'of the last good night’s rows; fewer count as rows missing', '0.75')
    .addHelpText('after', '\nExamples:\n  penumbra schedule create audit.yaml --cron "30 2 * * *" --time-zone Europe/Berlin\n  penumbra schedule create people.csv --every 1d --webhook https://hooks.example/penumbra')
    .action((file: string | undefined, options: CreateOptions) => act((output) => create(file, options, output)));
}

export function addSchedule(program: Command, act: Act): void {
  const schedule = program.command('schedule').description('nightly audits: create, list, show, pause, resume, trigger, backfill, acknowledge, delete');
  addCreate(schedule, act);
  const on = (text: string, description: string): Command => withPlace(schedule.command(text).description(description).argument('<name>', 'the schedule'));
  withPlace(schedule.command('list').description('all schedules of this Temporal service')).action((options: PlaceOptions) => act((output) => list(options, output)));
  on('show', 'when it runs, how the last nights went, what lasts').option('--nights <n>', 'nights to show', '7').option('--night <time>', 'this night alone, as show and alarms name it')
    .option('--out [dir]', 'write the files of these nights: reports, comparisons, charts, feed.xml, junit.xml (default: the schedule’s own folder); for workers that are elsewhere').addHelpText('after', '\nExit codes: 0 nothing lasts · 1 an alarm lasts')
    .action((name: string, { nights, night, out, ...options }: PlaceOptions & { readonly nights: string; readonly night?: string; readonly out?: string | true }) => act((output) => withSession(options, (session) => showSchedule(session, name, { nights: Math.round(within(nights, '--nights', [1, 1000])), night: night ?? null, out: out ?? null }, output))));
  on('pause', 'begin no night until it is resumed').requiredOption('--reason <text>', 'why, for whoever finds it paused')
    .action((name: string, options: PlaceOptions & { readonly reason: string }) => act((output) => simple(name, options, output, `paused: ${options.reason}`, ({ client }) => pauseSchedule(client, name, options.reason))));
  on('resume', 'begin nights again').option('--reason <text>', 'why', 'resumed').action((name: string, options: PlaceOptions & { readonly reason: string }) => act((output) => simple(name, options, output, 'resumed', ({ client }) => resumeSchedule(client, name, options.reason))));
  on('trigger', 'begin a night now; skipped while one is under way').action((name: string, options: PlaceOptions) => act((output) => simple(name, options, output, 'a night begins', ({ client }) => triggerSchedule(client, name))));
  on('backfill', 'run nights that never came, one after the other').requiredOption('--from <time>', 'first').requiredOption('--to <time>', 'last')
    .action((name: string, options: PlaceOptions & { readonly from: string; readonly to: string }) => act((output) => simple(name, options, output, 'the nights begin', ({ client }) => backfillSchedule(client, name, timeOf(options.from, '--from'), timeOf(options.to, '--to')))));
  on('acknowledge', 'take note of an alarm: a gap is watched again, a changed schema is accepted').argument('[cause]', 'as show names it; all without one').option('--accept', 'how things are now is how they shall be: a new baseline for a gap, the new schema for the data')
    .action((name: string, cause: string | undefined, options: PlaceOptions & { readonly accept?: boolean }) => act((output) => withSession(options, ({ store }) => acknowledgeCauses(store, name, cause ?? null, options.accept === true, output))));
  on('delete', 'end it; its nights and ledger stay in the store').action((name: string, options: PlaceOptions) => act((output) => simple(name, options, output, 'deleted', ({ client }) => deleteSchedule(client, name))));
}
