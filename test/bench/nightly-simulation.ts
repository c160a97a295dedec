/**
 * A year of nightly audits, many times over: how often anything alarms that did not change, and how soon a lasting change is found.
 *   node test/bench/nightly-simulation.ts [--repeats 200]
 */
import { parseArgs } from 'node:util';
import { randomStream, type RandomStream } from '../../models/engine/random.ts';
import { familyAlarms, type FamilyRule } from '../../models/nights/family-alarms.ts';
import { logEvidence, NEW_PROCESS, stepProcess, type EProcess } from '../../models/nights/e-process.ts';
import { logGapEvidence, newGapProcess, stepGap, type GapProcess } from '../../models/nights/gap-process.ts';
import { NEW_ONLINE, stepLord, stepSaffron, type OnlineState, type OnlineStep } from '../../models/nights/online-fdr.ts';
import { poolEstimates, rateGap, type GapEstimate, type Tally } from '../../models/nights/rate-gap.ts';
import { normalTail } from '../../models/stats/normal.ts';

const NIGHTS = 365, QUANTITIES = 50, ALPHA = 0.05, GROUP_ROWS = [2_500, 2_500] as const, RATE = 0.25, CHANGE = 0.03, CHANGED = 0;
const BASELINE_NIGHTS = 28, CRITICAL = 2.326, WINDOW = 30;
/** Half of the quantities have a gap from the start, of 5 points, half none. */
const gapOf = (quantity: number): number => (quantity % 2 === 0 ? 0.05 : 0);

/** Binomial draws by the inverse of a table of the distribution function. */
class Binomial {
  readonly #cumulative = new Map<string, { readonly from: number; readonly cdf: Float64Array }>();

  draw(n: number, p: number, random: RandomStream): number {
    const key = `${n} ${p}`;
    let table = this.#cumulative.get(key);
    if (table === undefined) this.#cumulative.set(key, table = binomialTable(n, p));
    const u = random.uniform(), { cdf, from } = table;
    let low = 0, high = cdf.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cdf[middle]! < u) low = middle + 1;
      else high = middle;
    }
    return from + low;
  }
}

function binomialTable(n: number, p: number): { readonly from: number; readonly cdf: Float64Array } {
  const sd = Math.sqrt(n * p * (1 - p)), from = Math.max(0, Math.floor(n * p - 9 * sd)), to = Math.min(n, Math.ceil(n * p + 9 * sd));
  const log = new Float64Array(to - from + 1);
  for (let k = 1; k < log.length; k++) log[k] = log[k - 1]! + Math.log((n - (from + k) + 1) / (from + k)) + Math.log(p / (1 - p));
  const most = log.reduce((a, b) => Math.max(a, b)), cdf = log.map((value) => Math.exp(value - most));
  for (let k = 1; k < cdf.length; k++) cdf[k]! += cdf[k - 1]!;
  return { from, cdf: cdf.map((value) => value / cdf.at(-1)!) };
}

interface World { readonly tallies: (quantity: number, night: number) => readonly [Tally, Tally] }

/** Nights before 1 are the baseline's. changeNight: when the change begins, for good; null: never. */
function world(repeat: number, changeNight: number | null, binomial: Binomial): World {
  const random = randomStream(repeat, `nights/${changeNight ?? 'none'}`);
  return { tallies: (quantity, night) => {
    const shift = changeNight !== null && quantity === CHANGED && night >= changeNight ? CHANGE : 0;
    const rates = [RATE + gapOf(quantity) + shift, RATE] as const;
    return [0, 1].map((g) => ({ events: binomial.draw(GROUP_ROWS[g]!, rates[g]!, random), trials: GROUP_ROWS[g]! })) as unknown as [Tally, Tally];
  } };
}

/** A rule sees one night's estimates, of tonight's rows, of the last WINDOW nights' rows and of all rows so far, and names the quantities that alarm. */
interface Night { readonly fresh: readonly GapEstimate[]; readonly window: readonly GapEstimate[]; readonly all: readonly GapEstimate[] }
type Rule = (night: Night) => readonly number[];
/** before: of each quantity the estimates of the BASELINE_NIGHTS nights before the year, oldest first. */
type MakeRule = (before: readonly (readonly GapEstimate[])[]) => Rule;

const pooled = (before: readonly (readonly GapEstimate[])[], nights = BASELINE_NIGHTS): readonly GapEstimate[] => before.map((estimates) => poolEstimates(estimates.slice(-nights))!);

const eProcess = (family: FamilyRule, { tolerance = 0, nights = BASELINE_NIGHTS } = {}): MakeRule => (before) => {
  const processes: GapProcess[] = pooled(before, nights).map((estimate) => newGapProcess(estimate, CRITICAL, tolerance));
  const left = new Set(processes.keys());
  return ({ fresh }) => {
    const members = [...left];
    for (const q of members) processes[q] = stepGap(processes[q]!, fresh[q]!);
    const alarmed = familyAlarms(members.map((q) => logGapEvidence(processes[q]!)), ALPHA, family).map((i) => members[i]!);
    for (const q of alarmed) left.delete(q);
    return alarmed;
  };
};

/** The usual two-sided test against the baseline, with both errors. */
function pValue(tonight: GapEstimate, baseline: GapEstimate): number {
  return 2 * normalTail(Math.abs(tonight.value - baseline.value) / Math.hypot(tonight.se, baseline.se));
}

const naive: MakeRule = (before) => {
  const baseline = pooled(before);
  return ({ fresh }) => fresh.flatMap((estimate, q) => (pValue(estimate, baseline[q]!) < ALPHA ? [q] : []));
};

const online = (step: (state: OnlineState, p: number, alpha: number) => OnlineStep, rows: keyof Night): MakeRule => (before) => {
  const baseline = pooled(before);
  let state = NEW_ONLINE;
  return (night) => night[rows].flatMap((estimate, q) => {
    const made = step(state, pValue(estimate, baseline[q]!), ALPHA);
    state = made.state;
    return made.rejected ? [q] : [];
  });
};

const RULES: readonly (readonly [string, MakeRule])[] = [
  ['e-process, E ≥ Q/α', eProcess('bonferroni')], ['e-process, e-BH', eProcess('e-bh')],
  ['e-process, baseline of 21 nights', eProcess('bonferroni', { nights: 21 })], ['e-process, baseline of 14 nights', eProcess('bonferroni', { nights: 14 })], ['e-process, baseline of 7 nights', eProcess('bonferroni', { nights: 7 })],
  ['e-process, tolerance ½ point', eProcess('bonferroni', { tolerance: 0.005 })], ['e-process, tolerance 1 point', eProcess('bonferroni', { tolerance: 0.01 })],
  ['naive p < .05', naive],
  ['LORD++, new rows', online(stepLord, 'fresh')], ['LORD++, rows of 30 nights', online(stepLord, 'window')], ['LORD++, all rows so far', online(stepLord, 'all')], ['SAFFRON, new rows', online(stepSaffron, 'fresh')],
];

interface Year { readonly falseAlarms: number; readonly delay: number | null }

const NO_ROWS: Tally = { events: 0, trials: 0 };
const added = (sum: readonly [Tally, Tally], more: readonly [Tally, Tally]): readonly [Tally, Tally] => [0, 1].map((g) => ({ events: sum[g]!.events + more[g]!.events, trials: sum[g]!.trials + more[g]!.trials })) as unknown as [Tally, Tally];

/** One year of every rule on the same data. */
function simulateYear(made: World, changeNight: number | null): readonly Year[] {
  const estimate = (tallies: readonly [Tally, Tally]): GapEstimate => rateGap(...tallies)!;
  const before = Array.from({ length: QUANTITIES }, (_, q) => Array.from({ length: BASELINE_NIGHTS }, (_, night) => estimate(made.tallies(q, night - BASELINE_NIGHTS + 1))));
  const rules = RULES.map(([, make]) => make(before)), years = RULES.map(() => ({ falseAlarms: 0, delay: null as number | null }));
  const recent: (readonly [Tally, Tally])[][] = [], sums = Array.from({ length: QUANTITIES }, () => [NO_ROWS, NO_ROWS] as const);
  for (let night = 1; night <= NIGHTS; night++) {
    const tonight = Array.from({ length: QUANTITIES }, (_, q) => made.tallies(q, night));
    recent.push(tonight);
    if (recent.length > WINDOW) recent.shift();
    tonight.forEach((tallies, q) => { sums[q] = added(sums[q]!, tallies); });
    const fresh = tonight.map(estimate), all = sums.map(estimate), window = Array.from({ length: QUANTITIES }, (_, q) => estimate(recent.reduce<readonly [Tally, Tally]>((sum, each) => added(sum, each[q]!), [NO_ROWS, NO_ROWS])));
    rules.forEach((rule, r) => {
      for (const q of rule({ fresh, window, all })) {
        if (changeNight === null || q !== CHANGED || night < changeNight) years[r]!.falseAlarms++;
        else years[r]!.delay ??= night - changeNight + 1;
      }
    });
  }
  return years;
}

const quantile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(share * values.length) - 1)]!;

/** Years in which any of the gaps alarms while each lies exactly at its θ0, the worst that counts as no change: nightly z of a standard normal. */
function boundary(repeats: number): string {
  let any = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const random = randomStream(repeat, 'boundary'), processes: EProcess[] = Array.from({ length: QUANTITIES }, () => NEW_PROCESS);
    let alarmed = false;
    for (let night = 1; night <= NIGHTS && !alarmed; night++) {
      for (let q = 0; q < QUANTITIES; q++) processes[q] = stepProcess(processes[q]!, random.normal());
      alarmed = familyAlarms(processes.map(logEvidence), ALPHA).length > 0;
    }
    any += alarmed ? 1 : 0;
  }
  return (any / repeats).toFixed(3);
}

const days = (value: number): string => (Number.isFinite(value) ? String(value) : 'not within the year');

function main(): void {
  const { values } = parseArgs({ options: { repeats: { type: 'string', default: '200' } } });
  const repeats = Number(values.repeats), binomial = new Binomial();
  const still: Year[][] = RULES.map(() => []), changed: Year[][] = RULES.map(() => []);
  for (let repeat = 0; repeat < repeats; repeat++) {
    // The change begins anywhere in the first ten months.
    const changeNight = 1 + randomStream(repeat, 'change').integer(300);
    simulateYear(world(repeat, null, binomial), null).forEach((year, r) => still[r]!.push(year));
    simulateYear(world(repeat, changeNight, binomial), changeNight).forEach((year, r) => changed[r]!.push(year));
  }
  const any = (years: readonly Year[]): string => (years.filter(({ falseAlarms }) => falseAlarms > 0).length / years.length).toFixed(3);
  const mean = (years: readonly Year[]): string => (years.reduce((sum, { falseAlarms }) => sum + falseAlarms, 0) / years.length).toFixed(2);
  const lines = RULES.map(([name], r) => {
    const delays = changed[r]!.map(({ delay }) => delay ?? Infinity), found = delays.filter(Number.isFinite).length;
    return `| ${name} | ${any(still[r]!)} | ${mean(still[r]!)} | ${any(changed[r]!)} | ${mean(changed[r]!)} | ${found} of ${repeats} | ${days(quantile(delays, 0.5))} | ${days(quantile(delays, 0.9))} |`;
  });
  process.stdout.write(`${repeats} repeats, ${NIGHTS} nights, ${QUANTITIES} quantities, ${GROUP_ROWS.join(' + ')} rows a night, change ${CHANGE}, α ${ALPHA}\n`);
  process.stdout.write('| rule | any false alarm, no change | false alarms a year | any on the other 49, one changed | false alarms a year | found | median delay, nights | 90 % |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n');
  process.stdout.write(`${lines.join('\n')}\n`);
  process.stdout.write(`every gap exactly at its θ0: any alarm in a year ${boundary(repeats)}\n`);
}

main();
