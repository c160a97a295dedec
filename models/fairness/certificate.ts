import type { RandomStream } from '../engine/random.ts';
import { binomialSampler } from '../stats/binomial.ts';
import { wilson } from '../stats/wilson.ts';
import { assessGap } from './assess.ts';
import type { GroupingStudy } from './grouping-study.ts';
import { joinMaxT } from './max-t-distribution.ts';
import { drawRateMaxT } from './max-t.ts';
import { pooledRate } from './parity-draws.ts';
import { differenceEnds } from './rate-gap.ts';
import type { BasicRate, RateFamily } from './rates.ts';
import type { FairnessSettings } from './settings.ts';
import type { Disparity } from './types.ts';

const MOST_TRIALS = 300;
const FEWEST_TRIALS = 50;
/** Comparisons of pairs that all simulations together may take: about three seconds. */
const BUDGET = 2.5e8;
/** What a draw costs besides its pairs, in comparisons of a pair. */
const DRAW_COST = 4;
/** Draws for the critical value within a trial: fewer than the audit's own, so coverage here is a little more spread. */
const INNER_DRAWS = 300;
/** Pairs × draws a trial may take, so that the certificate stays within seconds. */
const LARGEST_GROUPS = 12;

const STATEMENT = 'simulated at this audit\'s own sizes and rates, under independent sampling; it does not test independence, weights or labels';

const HEADLINE_RATES: Readonly<Record<string, readonly BasicRate[]>> = {
  demographic_parity_difference: ['selection_rate'], selection_rate_difference: ['selection_rate'], base_rate_difference: ['base_rate'],
  true_positive_rate_difference: ['true_positive_rate'], equal_opportunity_difference: ['true_positive_rate'],
  false_positive_rate_difference: ['false_positive_rate'], accuracy_difference: ['accuracy'],
  positive_predictive_value_difference: ['positive_predictive_value'], negative_predictive_value_difference: ['negative_predictive_value'],
  equalized_odds_difference: ['true_positive_rate', 'false_positive_rate'],
};

interface Scenario {
  readonly families: readonly RateFamily[];
  /** True rates of each family's groups. */
  readonly rates: readonly Float64Array[];
  readonly tolerance: number;
  readonly trials: number;
  readonly settings: FairnessSettings;
}

interface Outcome { readonly coverage: number; readonly disparity: number; readonly parity: number; readonly power: number }

function gapOf(rates: Float64Array): number {
  return Math.max(...rates) - Math.min(...rates);
}

/** Shares of trials in which the interval holds the true gap, and in which each verdict is given. */
function simulate({ families, rates, tolerance, trials, settings }: Scenario, random: RandomStream): Outcome {
  const truth = Math.max(...rates.map(gapOf));
  const samplers = families.map(({ n }, f) => Array.from(n, (trials, i) => binomialSampler(trials, rates[f]![i]!)));
  let covered = 0, disparities = 0, parities = 0, powerful = 0;
  for (let trial = 0; trial < trials; trial++) {
    const drawn = families.map(({ n, groups }, f) => ({ n, groups, x: Float64Array.from(samplers[f]!, (sample) => sample(random)) }));
    const null_ = joinMaxT(drawn.map((family) => drawRateMaxT(family, random, INNER_DRAWS)));
    const rows = families.reduce((sum, { n }) => sum + n.reduce((total, value) => total + value, 0), 0);
    const { interval, verdict } = assessGap({ ends: differenceEnds(drawn, tolerance), null: null_, level: settings.level, scale: 'difference', rows, complete: true, tested: true });
    if (interval[0] <= truth + 1e-12 && truth <= interval[1] + 1e-12) covered++;
    if (verdict === 'disparity') disparities++;
    if (verdict === 'parity') parities++;
    if (interval[0] > tolerance) powerful++;
  }
  return { coverage: covered / trials, disparity: disparities / trials, parity: parities / trials, power: powerful / trials };
}

/** Rates moved towards the pooled rate until the largest gap is the tolerance; as they are when it is smaller. */
function atTolerance(families: readonly RateFamily[], rates: readonly Float64Array[], tolerance: number): Float64Array[] {
  const share = Math.min(1, tolerance / Math.max(...rates.map(gapOf), 1e-12));
  return rates.map((each, f) => each.map((rate) => pooledRate(families[f]!) + share * (rate - pooledRate(families[f]!))));
}

/** Effective counts of weighted or clustered rows, rounded, as if they were rows. */
function wholeCounts({ x, n, groups }: RateFamily): RateFamily {
  const trials = n.map((each) => Math.max(1, Math.round(each)));
  return { groups, n: trials, x: x.map((events, i) => Math.min(trials[i]!, Math.round((events / n[i]!) * trials[i]!))) };
}

/** Comparisons of one trial of one row's three scenarios. */
function costOf(families: readonly RateFamily[]): number {
  return families.reduce((sum, { n }) => sum + 3 * INNER_DRAWS * ((n.length * (n.length - 1)) / 2 + DRAW_COST * n.length), 0);
}

function certifyRow(row: Disparity, study: GroupingStudy, settings: FairnessSettings, budget: number): { readonly [key: string]: unknown } {
  const base = { attribute: row.attribute, metric: row.metric };
  const parts = (HEADLINE_RATES[row.metric] ?? []).map((rate) => study.rates[rate]);
  if (parts.length === 0 || row.tolerance === null) return { ...base, note: 'only differences of rates are simulated' };
  if (!parts.every((part) => part !== undefined)) return { ...base, note: row.note };
  const families = parts.map(({ family }) => wholeCounts(family));
  if (families.some(({ n }) => n.length > LARGEST_GROUPS)) return { ...base, note: `more than ${LARGEST_GROUPS} groups: not simulated` };
  const rates = families.map(({ x, n }) => x.map((events, i) => events / n[i]!));
  const random = (scenario: string): RandomStream => study.random(`certificate/${row.metric}/${scenario}`);
  const trials = Math.max(FEWEST_TRIALS, Math.min(MOST_TRIALS, Math.floor(budget / costOf(families))));
  const shared = { families, tolerance: row.tolerance, settings, trials };
  const observed = simulate({ ...shared, rates }, random('observed'));
  const parity = simulate({ ...shared, rates: families.map((family) => family.x.map(() => pooledRate(family))) }, random('parity'));
  const edge = simulate({ ...shared, rates: atTolerance(families, rates, row.tolerance) }, random('tolerance'));
  const shares = { coverage: observed.coverage, coverage_at_parity: parity.coverage, false_disparity_at_parity: parity.disparity, false_disparity_at_tolerance: edge.disparity,
    power: observed.power, parity_found_at_parity: parity.parity };
  return { ...base, trials, ...shares, monte_carlo_error: monteCarloErrors(shares, trials),
    ...(study.designed ? { note: 'at the effective counts of the weighted or clustered rows' } : {}) };
}

/** Half of the 95 % interval (Wilson) of each share of trials: how far the simulation's own chance reaches. */
function monteCarloErrors(shares: Readonly<Record<string, number>>, trials: number): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(shares).map(([name, share]) => {
    const [low, high] = wilson(Math.round(share * trials), trials, 0.95);
    return [name, (high - low) / 2];
  }));
}

/** Simulates this audit's own intervals for each headline difference: coverage, false alarms and power. */
export function certify(headline: readonly Disparity[], studies: readonly GroupingStudy[], settings: FairnessSettings): { readonly [key: string]: unknown } {
  return { statement: STATEMENT, level: settings.level,
    disparities: headline.map((row) => certifyRow(row, studies.find(({ attribute }) => attribute === row.attribute)!, settings, BUDGET / Math.max(1, headline.length))) };
}
