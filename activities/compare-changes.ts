import type { RowMatch } from '../models/compare/match-rows.ts';
import { areaChanges } from '../models/compare/paired-areas.ts';
import { meanChange } from '../models/compare/paired-means.ts';
import { countRatioChange, meanOfRates, type PairedRate } from '../models/compare/paired-odds.ts';
import { rateChange, type Outcomes, type RateChange } from '../models/compare/paired-rates.ts';
import type { ScoredRows } from '../models/fairness/auroc-by-group.ts';
import { groupsOfBoth, outcomesOf, scoredRowsOf, scoreValuesOf, within, withinValues, type GroupsOfBoth, type Rate, type ScoreValue } from './compare-outcomes.ts';
import type { ComparedSide } from './compare-side.ts';
import { labelsOf } from './load-dataset.ts';

/** What is told of a group: a rate or a mean over rows, the area under the ROC curve, the mean of TPR and FPR, or FN/FP. */
export type Told = { readonly rate: Rate; readonly complement?: true; readonly pseudo?: number } | { readonly score: ScoreValue } | { readonly of: 'auroc' | 'average_odds' | 'treatment_equality' };

const OUT = 255;

const complemented = ({ before, after, value, ...rest }: RateChange): RateChange => ({ ...rest, before: 1 - before, after: 1 - after, value: -value });

/** Kept once made: several metrics ask for the same. */
class Kept<Value> {
  readonly #made = new Map<string, Value>();

  get(key: string, make: () => Value): Value {
    if (!this.#made.has(key)) this.#made.set(key, make());
    return this.#made.get(key)!;
  }
}

/** What two audits tell of their groups, with the covariance of the rows in both; each thing is worked out when first asked for. */
export class PairedChanges {
  readonly #sides: readonly [ComparedSide, ComparedSide];
  readonly #match: RowMatch;
  readonly #groups = new Kept<GroupsOfBoth | null>();
  readonly #outcomes = new Kept<readonly [ReadonlyMap<Rate, Outcomes>, ReadonlyMap<Rate, Outcomes>]>();
  readonly #changes = new Kept<RateChange | null>();
  readonly #areas = new Kept<readonly (RateChange | null)[] | null>();
  readonly #scored = new Kept<readonly [ReturnType<typeof scoredRowsOf>, ReturnType<typeof scoredRowsOf>]>();
  #values: { readonly of: ScoreValue; readonly values: readonly (Float64Array | null)[] } | null = null;

  constructor(before: ComparedSide, after: ComparedSide, match: RowMatch) {
    this.#sides = [before, after];
    this.#match = match;
  }

  get match(): RowMatch {
    return this.#match;
  }

  groups(attribute: string): GroupsOfBoth | null {
    return this.#groups.get(attribute, () => groupsOfBoth(...this.#sides, attribute));
  }

  /** Of one group; null where it cannot be told in both audits. group: as fairness.json names it */
  of(attribute: string, group: string, told: Told): RateChange | null {
    const both = this.groups(attribute), code = both?.levels.indexOf(group) ?? -1;
    if (both === null || code < 0) return null;
    return this.#changes.get(JSON.stringify([attribute, group, told]), () => this.#make(attribute, both, code, told));
  }

  /** Rows with a score and a label in the groups of both. */
  scored(attribute: string): readonly [ScoredRows, ScoredRows] | null {
    const both = this.groups(attribute), [a, b] = this.#scored.get('', () => [scoredRowsOf(this.#sides[0]), scoredRowsOf(this.#sides[1])]);
    if (both === null || a === null || b === null) return null;
    return [{ ...a, codes: both.first, groups: both.levels.length }, { ...b, codes: both.second, groups: both.levels.length }];
  }

  #make(attribute: string, both: GroupsOfBoth, code: number, told: Told): RateChange | null {
    if ('score' in told) return this.#mean(both, code, told.score);
    if ('rate' in told) {
      const change = this.#rate(both, code, told.rate, told.pseudo)?.change ?? null;
      return change === null || told.complement === undefined ? change : complemented(change);
    }
    if (told.of === 'auroc') return this.#area(attribute, code);
    if (told.of === 'treatment_equality') return this.#errors(both, code);
    const tpr = this.#rate(both, code, 'true_positive_rate'), fpr = this.#rate(both, code, 'false_positive_rate');
    return tpr === null || fpr === null ? null : meanOfRates(tpr, fpr, this.#match);
  }

  #rate(both: GroupsOfBoth, code: number, rate: Rate, pseudo = 0): PairedRate | null {
    const [a, b] = this.#outcomes.get('', () => [outcomesOf(this.#sides[0]), outcomesOf(this.#sides[1])]).map((side) => side.get(rate));
    if (a === undefined || b === undefined) return null;
    const first = within(a, both.first, code), second = within(b, both.second, code), change = rateChange(first, second, this.#match, pseudo);
    return change === null ? null : { first, second, change };
  }

  #mean(both: GroupsOfBoth, code: number, of: ScoreValue): RateChange | null {
    // One at a time: numbers of all rows are large.
    if (this.#values?.of !== of) this.#values = { of, values: this.#sides.map((side) => scoreValuesOf(side, of)) };
    const [a, b] = this.#values.values;
    return a === null || a === undefined || b === null || b === undefined ? null : meanChange(withinValues(a, both.first, code), withinValues(b, both.second, code), this.#match);
  }

  #area(attribute: string, code: number): RateChange | null {
    const areas = this.#areas.get(attribute, () => { const rows = this.scored(attribute); return rows === null ? null : areaChanges(...rows, this.#match); });
    return areas?.[code] ?? null;
  }

  /** False negatives over false positives. */
  #errors(both: GroupsOfBoth, code: number): RateChange | null {
    const [a, b] = this.#sides.map(({ dataset, decisions }) => {
      const labels = labelsOf(dataset);
      return labels === null || decisions === null ? null : decisions.decision.map((decision, row) => (decision === OUT || labels[row] === OUT || decision === labels[row] ? OUT : labels[row]!));
    });
    return a === null || a === undefined || b === null || b === undefined ? null : countRatioChange(within(a, both.first, code), within(b, both.second, code), this.#match);
  }
}
