import { Option, type Command } from 'commander';
import { collectGarbage, type Collected, type OpenAudit } from '../../results/collect-garbage.ts';
import { openStore } from '../../store/open-store.ts';
import { openAudits } from '../../temporal/open-audits.ts';
import { findSession } from '../../temporal/session.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { placeOfOptions, withPlace, type PlaceOptions } from '../place-options.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

interface GcOptions extends PlaceOptions {
  readonly olderThan: string;
  readonly keepAudits?: string;
  readonly dryRun?: boolean;
}

const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 };

function durationOf(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (amount === undefined) throw new UsageError(`--older-than is ${text}: expected a time such as 30m, 24h or 7d`);
  return Number(amount) * UNITS[unit!]!;
}

function countOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--keep-audits is ${text}: expected a whole number from 0`);
  return Number(text);
}

const WORDS: Readonly<Record<keyof Collected['removed'], string>> = {
  objects: 'objects that no result names', checkpoints: 'checkpoints', pieces: 'pieces of stages', stages: 'stage results', audits: 'records of audits', leftovers: 'half-written files',
};
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function textOf({ removed, kept, dryRun }: Collected, open: readonly OpenAudit[], keepAudits: number | null): string {
  const lines = Object.entries(removed).filter(([, { count }]) => count > 0)
    .map(([kind, { count, bytes }]) => `${String(count).padStart(7)} ${WORDS[kind as keyof Collected['removed']]}, ${megabytes(bytes)}`);
  const head = lines.length === 0 ? 'nothing to remove' : dryRun ? 'would be removed:' : 'removed:';
  const waits = open.length === 0 ? [] : [`${open.length} ${open.length === 1 ? 'audit is' : 'audits are'} under way (${open[0]!.id}): what was written since, ${keepAudits === null ? 'and pieces of stages' : 'pieces of stages, and all results'} are kept`];
  return [head, ...lines, `${kept.count} objects stay, ${megabytes(kept.bytes)}`, ...waits].join('\n');
}

async function gc(options: GcOptions, output: Output): Promise<number> {
  const olderThanMs = durationOf(options.olderThan), keepAudits = countOf(options.keepAudits);
  const place = await placeOfOptions(options), store = await openStore(place.store);
  const session = await findSession(place);
  try {
    const open = await openAudits(store, session?.client ?? null);
    const collected = await collectGarbage(store, { olderThanMs, keepAudits, open, dryRun: options.dryRun === true });
    output.result({ ...collected, open: open.map(({ id }) => id) }, textOf(collected, open, keepAudits));
    return EXIT.done;
  } finally {
    await session?.client.connection.close();
  }
}

export function addGc(program: Command, act: Act): void {
  withPlace(program.command('gc').description('remove what no result needs: unreferenced objects, stale checkpoints, half-written files'))
    .addOption(new Option('--older-than <time>', 'leave what was written within this time, such as 30m, 24h or 7d').default('24h'))
    .option('--keep-audits <n>', 'keep the results of the newest n audits only (default: of all)')
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .addHelpText('after', '\nIt may run while audits do.\n\nExamples:\n  penumbra gc --dry-run\n  penumbra gc --keep-audits 10 --older-than 7d --json')
    .action((options: GcOptions) => act((output) => gc(options, output)));
}
