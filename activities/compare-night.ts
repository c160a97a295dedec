import type { RowMatch } from '../models/compare/match-rows.ts';
import { designGap } from '../models/nights/design-gap.ts';
import { NEW_ONLINE, stepLord, type OnlineState } from '../models/nights/online-fdr.ts';
import { rateGap, removalShift, type Tally } from '../models/nights/rate-gap.ts';
import type { GapStep } from '../models/nights/watch.ts';
import { alikeSlices } from '../models/nights/slice-likeness.ts';
import type { HeldOutSlice, Slice } from '../models/slices/types.ts';
import { groupsOf, outcomesOf, type Rate, type SideGroups } from './compare-outcomes.ts';
import type { ComparedSide } from './compare-side.ts';
import { designOf } from './row-design.ts';

/** A watched gap: rate of a group minus that of the reference. */
export interface GapName {
  readonly attribute: string;
  readonly rate: Rate;
  readonly group: string;
  readonly reference: string;
}

export const gapKey = ({ attribute, rate, group, reference }: GapName): string => JSON.stringify([attribute, rate, group, reference]);

export function gapName(key: string): GapName {
  const [attribute, rate, group, reference] = JSON.parse(key) as [string, Rate, string, string];
  return { attribute, rate, group, reference };
}

/** `sex: selection rate of f against m` */
export function gapText(key: string): string {
  const { attribute, rate, group, reference } = gapName(key);
  return `${attribute}: ${rate.replaceAll('_', ' ')} of ${group} against ${reference}`;
}

const WATCHED: readonly Rate[] = ['base_rate', 'selection_rate', 'true_positive_rate', 'false_positive_rate'];
const OUT = 255;

/** Decisions of a reference classifier are fitted to all rows each night: no row's is new, so labels alone are watched then. */
function watchedRates(side: ComparedSide): readonly Rate[] {
  return side.decisions === null || side.decisions.source === 'reference' ? ['base_rate'] : WATCHED;
}

function tallies(outcomes: Uint8Array, { codes, levels }: SideGroups, rows: Uint32Array): readonly Tally[] {
  const events = new Float64Array(levels.length), trials = new Float64Array(levels.length);
  for (const row of rows) {
    if (outcomes[row] === OUT) continue;
    trials[codes[row]!]!++;
    events[codes[row]!]! += outcomes[row]!;
  }
  return levels.map((_, code) => ({ events: events[code]!, trials: trials[code]! }));
}

/** The reference of an attribute: the configuration's, else the one that gaps watched so far have, else the largest group. */
function referenceOf(side: ComparedSide, attribute: string, { levels, codes }: SideGroups, watched: readonly string[]): string | undefined {
  const named = side.config.fairness.reference;
  if (Object.hasOwn(named, attribute)) return named[attribute];
  const earlier = watched.map(gapName).find((gap) => gap.attribute === attribute)?.reference;
  if (earlier !== undefined) return earlier;
  const counts = new Float64Array(levels.length);
  for (const code of codes) counts[code]!++;
  return levels[counts.indexOf(Math.max(...counts))];
}

/**
 * The steps that one night brings to the watch: each gap over rows that entered no night before, and the shift that removed rows made.
 * @param fresh positions of the new rows in `after`
 * @param before the last good night, whose rows `match` pairs; null on the first
 */
export function nightSteps(before: ComparedSide | null, after: ComparedSide, match: RowMatch | null, fresh: Uint32Array, watched: readonly string[]): readonly GapStep[] {
  const design = designOf(after.dataset, after.config.data), outcomes = outcomesOf(after), earlier = before === null ? null : outcomesOf(before), steps: GapStep[] = [];
  for (const attribute of after.config.data.protected) {
    const groups = groupsOf(after, attribute), reference = groups === null ? undefined : referenceOf(after, attribute, groups, watched);
    if (groups === null || reference === undefined) continue;
    const old = before === null ? null : groupsOf(before, attribute, groups.rule);
    for (const rate of watchedRates(after)) {
      const own = outcomes.get(rate), were = earlier?.get(rate);
      if (own === undefined) continue;
      const tonight = tallies(own, groups, fresh), name = { attribute, rate, reference };
      // What weighted or clustered rows that went away do to a gap has no hypergeometric variance.
      const removal = design !== null || old === null || were === undefined || match === null || match.removed.length === 0 ? null : { all: tallies(were, old, Uint32Array.from(were.keys())), gone: tallies(were, old, match.removed), levels: old.levels };
      for (const group of groups.levels.filter((level) => level !== reference)) {
        const key = gapKey({ ...name, group }), at = (level: string): Tally => tonight[groups.levels.indexOf(level)] ?? { events: 0, trials: 0 };
        const estimate = design === null ? rateGap(at(group), at(reference)) : designGap({ ...design, outcomes: own, codes: groups.codes }, fresh, groups.levels.indexOf(group), groups.levels.indexOf(reference));
        if (estimate !== null) steps.push({ key, estimate, from: 'added' });
        const shift = removal === null ? null : removedShift(removal, group, reference);
        if (shift !== null) steps.push({ key, estimate: shift, from: 'removed' });
      }
    }
  }
  return steps;
}

function removedShift({ all, gone, levels }: { readonly all: readonly Tally[]; readonly gone: readonly Tally[]; readonly levels: readonly string[] }, group: string, reference: string) {
  const i = levels.indexOf(group), j = levels.indexOf(reference);
  return i < 0 || j < 0 ? null : removalShift({ before: all[i]!, removed: gone[i]! }, { before: all[j]!, removed: gone[j]! });
}

/** What is judged of a slice on held-out rows: its errors beyond those expected of such rows, where a score tells how many that are, else its rate of errors, beside all rows'. */
interface FoundSlice { readonly text: string; readonly sentence: string; readonly interval: readonly [number, number] | null; readonly value: number; readonly measure: 'excess' | 'rate'; readonly overall: number }

/** Conditions as the ledger keeps them: one text each, as JSON. */
const knownAs = ({ conditions }: Slice): string => JSON.stringify(conditions.map(({ text }) => text));

/** Ledgers of earlier versions hold the whole text. */
function conditionsOf(known: string): readonly string[] {
  return known.startsWith('["') ? JSON.parse(known) as string[] : known.split(' and ');
}

function judgedSlice({ rate, interval, excess, excessInterval, overall }: HeldOutSlice): Pick<FoundSlice, 'interval' | 'value' | 'measure' | 'overall'> {
  return excess === null ? { interval, value: rate, measure: 'rate', overall } : { interval: excessInterval, value: excess, measure: 'excess', overall };
}

/** Slices of high error that no night had before in these or other words, each tested once, on its held-out rows, by LORD++ over the whole stream of them. */
export function newSlices(side: ComparedSide, known: readonly string[], online: OnlineState | null, alpha: number): { readonly known: readonly string[]; readonly online: OnlineState; readonly found: readonly FoundSlice[] } {
  const found: FoundSlice[] = [], earlier = known.map(conditionsOf);
  const fresh = (side.documents.slices?.slices ?? []).filter(({ conditions, heldOut }) => heldOut.pValue !== null && !earlier.some((each) => alikeSlices(each, conditions.map(({ text }) => text))));
  // The first night's slices are how things were found: nothing about them is new.
  if (online === null) return { known: fresh.map(knownAs), online: NEW_ONLINE, found };
  const wrong = side.decisions?.source === 'reference' ? 'the reference classifier (no audited model) is wrong on' : 'decisions are wrong on';
  let state = online;
  for (const { text, heldOut } of fresh) {
    const step = stepLord(state, heldOut.pValue!, alpha);
    state = step.state;
    if (step.rejected) found.push({ text, ...judgedSlice(heldOut), sentence: `new slice: where ${text}, ${wrong} ${(100 * heldOut.rate).toFixed(1)} % of ${heldOut.size} held-out rows, ${heldOut.expected === null ? '' : `${(100 * heldOut.expected).toFixed(1)} % expected of such rows, `}${(100 * heldOut.overall).toFixed(1)} % over all` });
  }
  return { known: [...known, ...fresh.map(knownAs)], online: state, found };
}
