import { confidenceSequence, extendSequence, NEW_SEQUENCE, rhoFor, type SequenceState } from './confidence-sequence.ts';
import { DEFAULT_ALPHA, familyAlarms, type FamilyRule } from './family-alarms.ts';
import { logGapEvidence, newGapProcess, stepGap, type GapProcess } from './gap-process.ts';
import { poolEstimates, type GapEstimate } from './rate-gap.ts';

export interface WatchSettings {
  readonly alpha: number;
  readonly rule: FamilyRule;
  /** Growth beyond the baseline's bound that nobody is to be woken for. */
  readonly tolerance: number;
  /** Nights whose pooled estimate is a gap's fixed baseline: the more, the smaller a change that its error hides. */
  readonly baselineNights: number;
}

export const WATCH_DEFAULTS: WatchSettings = { alpha: DEFAULT_ALPHA, rule: 'bonferroni', tolerance: 0, baselineNights: 28 };

/** Good nights whose rows are pooled to compare data with: fewer than for gaps, since every night reads them again, and drift is to be told from the second week on. */
export const POOLED_NIGHTS = 7;

/** z of the baseline's bound: a hundredth of the baselines lie further off. */
export const BASELINE_CRITICAL = 2.326;

/** What is known of one watched gap; plain numbers, so that it can be kept as JSON. */
export interface WatchedGap {
  /** Estimates of the baseline's nights, until there are enough of them. */
  readonly gathered: readonly GapEstimate[];
  readonly baseline: GapEstimate | null;
  readonly process: GapProcess | null;
  /** All nights since the baseline. */
  readonly sequence: SequenceState;
  /** The last nights' estimates from new rows, for pictures. */
  readonly recent: readonly (GapEstimate & { readonly night: string })[];
  /** Night of the alarm, while it is not acknowledged. */
  readonly alarmed: string | null;
}

export type WatchState = Readonly<Record<string, WatchedGap>>;

/** One step's evidence about a gap: rows that entered no step before, or a removal's shift. */
export interface GapStep {
  readonly key: string;
  readonly estimate: GapEstimate;
  /** Of rows that are new, or of rows that were taken away; the latter is a shift about 0 and enters only once there is a baseline. */
  readonly from: 'added' | 'removed';
}

export interface RaisedGap {
  readonly key: string;
  readonly logEvidence: number;
  /** ln(Q/α) */
  readonly bar: number;
}

const FRESH: WatchedGap = { gathered: [], baseline: null, process: null, sequence: NEW_SEQUENCE, recent: [], alarmed: null };
const RECENT = 14;

/** A gap that somebody has looked at is watched again, from new evidence; with `accept` from a new baseline too. */
function acknowledged(gap: WatchedGap, accept: boolean, settings: WatchSettings): WatchedGap {
  if (accept || gap.baseline === null) return FRESH;
  return { ...gap, alarmed: null, process: newGapProcess(gap.baseline, BASELINE_CRITICAL, settings.tolerance) };
}

function stepOne(gap: WatchedGap, { estimate, from }: GapStep, settings: WatchSettings): WatchedGap {
  if (gap.baseline === null) return from === 'removed' ? gap : gather(gap, estimate, settings);
  const process = gap.alarmed === null && gap.process !== null ? stepGap(gap.process, shifted(estimate, from, gap.baseline)) : gap.process;
  return { ...gap, process, sequence: from === 'added' ? extendSequence(gap.sequence, estimate) : gap.sequence };
}

const recorded = (gap: WatchedGap, { estimate, from }: GapStep, night: string): WatchedGap => (from === 'removed' ? gap : { ...gap, recent: [...gap.recent, { night, ...estimate }].slice(-RECENT) });

/** A removal's shift is judged as if the whole gap had moved by it from where the baseline put it. */
function shifted(estimate: GapEstimate, from: GapStep['from'], baseline: GapEstimate): GapEstimate {
  return from === 'added' ? estimate : { value: baseline.value + estimate.value, se: estimate.se };
}

function gather(gap: WatchedGap, estimate: GapEstimate, settings: WatchSettings): WatchedGap {
  const gathered = [...gap.gathered, estimate];
  if (gathered.length < settings.baselineNights) return { ...gap, gathered };
  const baseline = poolEstimates(gathered)!;
  return { ...gap, gathered: [], baseline, process: newGapProcess(baseline, BASELINE_CRITICAL, settings.tolerance) };
}

/** Gaps that alarmed and were looked at are in the watch again; a night without a step for them, or one that failed, does so too. @param acknowledgements as of stepWatch */
export function acknowledgeGaps(state: WatchState, acknowledgements: ReadonlyMap<string, boolean>, settings: WatchSettings): WatchState {
  if (acknowledgements.size === 0) return state;
  return Object.fromEntries(Object.entries(state).map(([key, gap]) => {
    const accept = acknowledgements.get(key);
    return [key, accept === undefined || gap.alarmed === null ? gap : acknowledged(gap, accept, settings)];
  }));
}

/**
 * One night of the watch. A gap seen for the first time gathers a baseline of its own; one that alarmed is out of the family until it is
 * acknowledged; a night without rows of a gap is no step of it.
 * @param acknowledgements key → whether tonight's level is accepted as the new baseline
 */
export function stepWatch(state: WatchState, steps: readonly GapStep[], night: { readonly id: string; readonly settings: WatchSettings; readonly acknowledgements: ReadonlyMap<string, boolean> }): { readonly state: WatchState; readonly raised: readonly RaisedGap[] } {
  const { settings, acknowledgements } = night, next = new Map(Object.entries(acknowledgeGaps(state, acknowledgements, settings)));
  for (const step of steps) next.set(step.key, recorded(stepOne(next.get(step.key) ?? FRESH, step, settings), step, night.id));
  const family = [...next].flatMap(([key, gap]) => (gap.process !== null && gap.alarmed === null ? [{ key, gap, logEvidence: logGapEvidence(gap.process) }] : []));
  const bar = Math.log(family.length / settings.alpha);
  const raised = familyAlarms(family.map(({ logEvidence }) => logEvidence), settings.alpha, settings.rule).map((i) => ({ key: family[i]!.key, logEvidence: family[i]!.logEvidence, bar }));
  for (const { key } of raised) next.set(key, { ...next.get(key)!, alarmed: night.id });
  return { state: Object.fromEntries(next), raised };
}

/** Where a gap stands over the nights since its baseline. ρ is settled by the baseline alone: one that followed the data would void what the sequence promises. */
export function gapSequence({ baseline, sequence }: WatchedGap, alpha: number): ReturnType<typeof confidenceSequence> {
  return baseline === null ? null : confidenceSequence(sequence, alpha, rhoFor(1 / baseline.se ** 2, alpha));
}
