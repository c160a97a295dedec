import { join } from 'node:path';
import type { AuditRecord } from '../../activities/activities.ts';
import { newSlices, nightSteps } from '../../activities/compare-night.ts';
import { loadSide, type ComparedSide } from '../../activities/compare-side.ts';
import type { LedgerEntry, NightEnd, NightOutcome, StoredSchedule } from '../../activities/nightly-types.ts';
import { matchRows } from '../../models/compare/match-rows.ts';
import { acknowledgeGaps, POOLED_NIGHTS, stepWatch } from '../../models/nights/watch.ts';
import { readRecord } from '../results/records.ts';
import type { Store } from '../store/store.ts';
import { acknowledgementsOf, type Acknowledgement } from './acknowledgements.ts';
import { appendNight, nightStamp } from './ledger.ts';
import { alarmOf, driftCauses, gapCause, sliceCause, type Cause } from './night-alarms.ts';
import { nightCommand } from './night-command.ts';
import { comparedWith, sideOf, writeComparisons, type Compared } from './night-comparisons.ts';
import { SeenRows } from './seen-rows.ts';
import { signOfLife } from './sign-of-life.ts';
import { readSchedule } from './stored-schedule.ts';
import { watchTable } from './watch-table.ts';

/** Everything one night is judged by. */
interface Night {
  readonly store: Store;
  readonly schedule: StoredSchedule;
  readonly end: NightEnd;
  readonly last: LedgerEntry | null;
  readonly acknowledged: ReadonlyMap<string, Acknowledgement>;
}

/** Adds the night to the schedule's ledger, with what changed and what is to be told; once, however often it is tried. */
export async function judgeNight(store: Store, end: NightEnd): Promise<LedgerEntry> {
  const schedule = await readSchedule(store, end.schedule, end.version);
  return appendNight(store, end.schedule, end.night, async (last) => {
    const night: Night = { store, schedule, end, last, acknowledged: last === null ? new Map() : await acknowledgementsOf(store, end.schedule, last) };
    const record = end.failure === null && end.plan.auditId !== null ? await readRecord(store, end.plan.auditId) : null;
    return record === null ? entryOf(night, { outcome: failedOutcome(end), sentence: failedSentence(end), causes: [] }) : judgeAudit(night, record);
  });
}

function failedOutcome({ failure, plan }: NightEnd): NightOutcome {
  if (failure === null) return plan.outcome ?? 'infrastructure-failed';
  return failure.kind === 'cancelled' ? 'cancelled' : failure.kind === 'data' ? 'bad-data' : 'infrastructure-failed';
}

function failedSentence({ failure, plan }: NightEnd): string {
  return failure?.message ?? plan.sentence ?? 'the audit left no record';
}

/** What the next night compares with: the last good night, or one whose other shape somebody has accepted. */
function lastGoodOf({ last, acknowledged }: Night): string | null {
  const accepted = ['outcome:schema-changed', 'outcome:rows-missing'].some((cause) => acknowledged.get(cause)?.accept === true);
  return (accepted ? last?.audit : null) ?? last?.lastGood ?? null;
}

async function judgeAudit(night: Night, record: AuditRecord): Promise<LedgerEntry> {
  const { store, schedule, last } = night, today = await loadSide(store, record), lastGood = lastGoodOf(night);
  const before = await sideOf(store, lastGood), causes: Cause[] = before.gone === null ? [] : [goneCause('last good night', before.gone, night.end)];
  if (before.side !== null && before.side.inputs.ingest![0]!.key === today.inputs.ingest![0]!.key) {
    return entryOf(night, { outcome: 'nothing-new', sentence: 'the data is what it was on the last good night: nothing new to judge', causes, audit: record.id, lastGood });
  }
  const compared: Compared[] = [];
  if (before.side !== null) compared.push(await comparedWith(store, 'last', [before.side], today, night.end));
  const fixed = (last?.baseline ?? null) === null ? [] : await Promise.all(last!.baselineAudits.map((id) => sideOf(store, id))), gone = fixed.find((each) => each.gone !== null), there = fixed.flatMap(({ side }) => (side === null ? [] : [side]));
  if (gone !== undefined) causes.push(goneCause('baseline', gone.gone!, night.end));
  // The night after the baseline of one night has but one night to be compared with.
  if (there.length > 1 || (there.length === 1 && there[0]!.id !== lastGood)) compared.push(await comparedWith(store, 'baseline', there, today, night.end));
  const schema = compared[0]?.comparison.effects.filter(({ kind }) => kind === 'schema') ?? [], rows = today.keys.length;
  if (schema.length > 0) return closed(night, record, compared, { outcome: 'schema-changed', sentence: schema.map(({ sentence }) => sentence).join('; '), causes, lastGood });
  if (before.side !== null && rows < schedule.minimumRows * before.side.keys.length) return closed(night, record, compared, { outcome: 'rows-missing', sentence: `${rows} rows, the last good night had ${before.side.keys.length}`, causes, lastGood });
  return goodNight(night, record, { today, before: before.side, compared, causes });
}

function goneCause(what: string, why: string, night: NightEnd): Cause {
  return { cause: `outcome:${what === 'baseline' ? 'baseline' : 'last'}-missing`, title: `The ${what} is gone`, sentence: `The ${what} cannot be compared with: ${why}. Tonight's audit is compared with what is left.`, interval: null, chart: null, command: nightCommand(night) };
}

/** By key of the gap: whether its level is accepted. */
function acknowledgedGaps(acknowledged: Night['acknowledged']): ReadonlyMap<string, boolean> {
  return new Map([...acknowledged.values()].flatMap(({ cause, accept }) => (cause.startsWith('gap:') ? [[cause.slice('gap:'.length), accept] as const] : [])));
}

interface Good { readonly today: ComparedSide; readonly before: ComparedSide | null; readonly compared: readonly Compared[]; readonly causes: readonly Cause[] }

/** A night that can be judged: its new rows step the watch, its comparisons and slices may alarm. */
async function goodNight(night: Night, record: AuditRecord, { today, before, compared, causes }: Good): Promise<LedgerEntry> {
  const { store, schedule, end, last, acknowledged } = night, seen = await SeenRows.open(store, schedule.name, last?.seen ?? []);
  const fresh = seen.fresh(today.keys), match = before === null || before.by !== today.by ? null : matchRows(before.keys, today.keys), previous = last?.watch ?? {};
  const steps = nightSteps(before, today, match, fresh, Object.keys(previous)), { state, raised } = stepWatch(previous, steps, { id: end.night, settings: schedule.watch, acknowledgements: acknowledgedGaps(acknowledged) });
  const slices = newSlices(today, last?.slices.known ?? [], last === null || last.goodNights === 0 ? null : last.slices.online, schedule.watch.alpha), command = `${nightCommand(end)} --out`;
  const all: Cause[] = [...causes, ...await driftCauses(compared)];
  for (const gap of raised) all.push(await gapCause(gap, state[gap.key]!, schedule.watch.alpha, command));
  all.push(...await sliceCause(slices.found, `npm run -s penumbra -- report ${record.id} --open`));
  const goodNights = (last?.goodNights ?? 0) + 1, [first] = compared;
  return closed(night, record, compared, {
    outcome: 'good', causes: all, lastGood: record.id, watch: state, slices: { known: slices.known, online: slices.online }, seen: await seen.with(Array.from(fresh, (row) => today.keys[row]!)), goodNights,
    baselineAudits: (last?.baseline ?? null) === null ? [...last?.baselineAudits ?? [], record.id] : last!.baselineAudits,
    baseline: last?.baseline ?? (goodNights >= Math.min(POOLED_NIGHTS, schedule.watch.baselineNights) ? record.id : null), rows: { all: today.keys.length, added: fresh.length, removed: match?.removed.length ?? 0 },
    sentence: first === undefined ? `${today.keys.length} rows: the first good night, nothing to compare with` : first.comparison.summary,
  });
}

type Outcome = Pick<LedgerEntry, 'outcome' | 'sentence'> & Partial<LedgerEntry> & { readonly causes: readonly Cause[] };

/** The entry of a night with an audit, its comparisons written out. */
async function closed(night: Night, record: AuditRecord, compared: readonly Compared[], outcome: Outcome): Promise<LedgerEntry> {
  const { schedule, end } = night, watch = watchTable(outcome.watch ?? night.last?.watch ?? {}, schedule.watch);
  if (schedule.out !== null && schedule.embedded) await writeComparisons(join(schedule.out, nightStamp(end.night)), compared, watch);
  const comparisons = compared.map(({ against, comparison: { before, changes, summary } }) => ({ with: against, audit: before.id, changes, summary }));
  return entryOf(night, { ...outcome, audit: record.id, comparisons });
}

const QUIET: ReadonlySet<NightOutcome> = new Set(['good', 'nothing-new', 'cancelled']);

function entryOf(nightly: Night, { causes, ...outcome }: Outcome): LedgerEntry {
  const { schedule, end, last, acknowledged } = nightly;
  const failed: readonly Cause[] = QUIET.has(outcome.outcome) ? [] : [{ cause: `outcome:${outcome.outcome}`, title: `The night gave no comparison: ${outcome.outcome.replaceAll('-', ' ')}`, sentence: outcome.sentence, interval: null, chart: null, command: nightCommand(end) }];
  const tonight = [...failed, ...causes], lasting = Object.entries(last?.open ?? {}).filter(([cause]) => !acknowledged.has(cause));
  const told = new Set(lasting.map(([cause]) => cause)), fresh = tonight.filter(({ cause }) => !told.has(cause)), names = new Set(tonight.map(({ cause }) => cause));
  // A grown gap lasts until somebody has looked at it; any other cause until a night without it, and a night that could not be judged ends none.
  const judged = outcome.outcome === 'good', open = { ...Object.fromEntries(lasting.filter(([cause]) => cause.startsWith('gap:') || names.has(cause) || (!judged && !cause.startsWith('outcome:')))), ...Object.fromEntries(fresh.map(({ cause }) => [cause, end.night])) };
  const base = {
    index: 0, previous: null, night: end.night, version: end.version, audit: null, comparisons: [], rows: null, watch: acknowledgeGaps(last?.watch ?? {}, acknowledgedGaps(acknowledged), schedule.watch), slices: last?.slices ?? { known: [], online: { tests: 0, rejected: [], candidates: 0, candidatesSince: [] } },
    seen: last?.seen ?? [], lastGood: lastGoodOf(nightly), baseline: last?.baseline ?? null, baselineAudits: last?.baselineAudits ?? [], goodNights: last?.goodNights ?? 0, ...outcome, open,
  };
  const alarms = fresh.map((cause) => alarmOf(cause, schedule, end.night)), word = alarms.length > 0 ? [] : signOfLife(schedule, end.night, last, base);
  return { ...base, alarms: [...alarms, ...word], lastWord: alarms.length + word.length > 0 || last === null ? end.night : last.lastWord };
}
