import { join } from 'node:path';
import { compareSides } from '../../activities/compare-audits.ts';
import { pooledSide } from '../../activities/compare-pool.ts';
import { loadSide, type ComparedSide } from '../../activities/compare-side.ts';
import { DataError } from '../../activities/data-error.ts';
import type { LedgerEntry } from '../../activities/nightly-types.ts';
import type { Comparison } from '../../models/compare/types.ts';
import type { ComparePage } from '../../reports/compare/compare-page.ts';
import { comparisonFiles } from '../compare/comparison-files.ts';
import { writeFiles } from '../compare/write-files.ts';
import { readRecord } from '../results/records.ts';
import type { Store } from '../store/store.ts';
import { nightCommand } from './night-command.ts';

/** One of the comparisons of a night, with the command that makes it again. */
export interface Compared {
  readonly against: 'last' | 'baseline';
  readonly comparison: Comparison;
  readonly command: string;
}

type Found = { readonly side: ComparedSide; readonly gone: null } | { readonly side: null; readonly gone: string | null };

/** An audit of a night to compare with; null, and why, when its results are gone. */
export async function sideOf(store: Store, id: string | null): Promise<Found> {
  if (id === null) return { side: null, gone: null };
  const record = await readRecord(store, id);
  if (record === null) return { side: null, gone: `audit ${id} is no longer in the store` };
  try {
    return { side: await loadSide(store, record), gone: null };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { side: null, gone: error.message };
  }
}

/** sides: one, or the nights whose rows are pooled; several are compared by no command that names two audits. */
export async function comparedWith(store: Store, against: Compared['against'], sides: readonly ComparedSide[], today: ComparedSide, night: { readonly schedule: string; readonly night: string }): Promise<Compared> {
  const before = pooledSide(sides), command = sides.length > 1 ? `${nightCommand(night)} --out` : `npm run -s penumbra -- compare ${before.id} ${today.id}`;
  return { against, comparison: await compareSides(store, before, today), command };
}

/** Makes the comparisons of a night in the ledger again: the same bytes, while the audits are in the store. */
export async function comparisonsOfNight(store: Store, schedule: string, { night, audit, comparisons, baselineAudits }: LedgerEntry): Promise<{ readonly compared: readonly Compared[]; readonly gone: readonly string[] }> {
  const compared: Compared[] = [], gone: string[] = [];
  if (comparisons.length === 0) return { compared, gone };
  const today = await sideOf(store, audit);
  if (today.side === null) return { compared, gone: [today.gone!] };
  for (const { with: against, audit: id } of comparisons) {
    const found = await Promise.all((against === 'last' ? [id] : baselineAudits).map((each) => sideOf(store, each))), there = found.flatMap(({ side }) => (side === null ? [] : [side]));
    gone.push(...found.flatMap((each) => (each.gone === null ? [] : [each.gone])));
    if (there.length > 0) compared.push(await comparedWith(store, against, there, today.side, { schedule, night }));
  }
  return { compared, gone };
}

/** folder: of the night. */
export async function writeComparisons(folder: string, compared: readonly Compared[], watch: ComparePage['watch'] | null): Promise<void> {
  for (const { against, comparison, command } of compared) await writeFiles(join(folder, `compare-${against}`), await comparisonFiles(comparison, { reproduce: [command], ...(watch === null || watch === undefined ? {} : { watch }) }));
}
