import type { Disparity } from './types.ts';

const LONGEST_NAME = 60;

/** A name from the data, shortened where it would drown the sentence. */
function shortened(name: string): string {
  const flat = name.replaceAll(/\s+/g, ' ');
  return flat.length <= LONGEST_NAME ? flat : `${flat.slice(0, LONGEST_NAME - 1)}…`;
}

/** Codes and yes-or-no words say nothing without the attribute they are values of. */
const BARE = /^(?:[-+]?[\d.,]+(?:e[-+]?\d+)?|yes|no|true|false|y|n)$/i;

/** A group as a sentence names it: `Female`, but `male = 0`. */
function groupName(attribute: string, group: string): string {
  const name = shortened(group);
  return BARE.test(name) ? `${shortened(attribute)} = ${name}` : name;
}

function points(value: number): string {
  const size = Math.abs(value) * 100;
  return size >= 0.1 || size === 0 ? size.toFixed(1) : size.toPrecision(1);
}

/** What the pair's first group got more of than the second, by metric; `low` and `high` are names of groups. */
function comparison({ metric, component }: Disparity, label: string, low: string, high: string, gap: string): string {
  const subject = component ?? metric.replace(/_(difference|ratio)$/, '');
  switch (subject) {
    case 'demographic_parity': case 'selection_rate': return `${low} was selected ${gap} less often than ${high}`;
    case 'base_rate': return `${low} carried ${label} ${gap} less often than ${high}`;
    case 'true_positive_rate': case 'equal_opportunity': return `among rows whose label is positive, ${low} was selected ${gap} less often than ${high}`;
    case 'false_positive_rate': return `among rows whose label is not positive, ${low} was selected ${gap} less often than ${high}`;
    case 'false_negative_rate': return `among rows whose label is positive, ${low} was passed over ${gap} less often than ${high}`;
    case 'accuracy': return `decisions on ${low} were right ${gap} less often than on ${high}`;
    default: return `the ${subject.replaceAll('_', ' ')} of ${low} was ${gap} lower than that of ${high}`;
  }
}

function conclusion({ verdict, detectable, rows_needed, tolerance, metric }: Disparity): string {
  if (verdict !== 'undecided') return verdict ?? 'not tested';
  const ratio = metric.endsWith('_ratio');
  const reach = detectable === null || tolerance === null || ratio ? '' : ` (a true gap of ${points(detectable)} points or more would show)`;
  if (typeof rows_needed === 'string') return `undecided: ${rows_needed}${reach}`;
  if (rows_needed === null) return `undecided${reach}`;
  const [few, many] = rows_needed.map((rows) => Number(rows.toPrecision(2)).toLocaleString('en-US'));
  return `undecided: about ${few} to ${many} rows would settle it${reach}`;
}

/** A parity that no data could have refuted. */
const EMPTY_PARITY = 'parity that tells nothing: every group\'s rate is so near to none or to all that no gap could pass the tolerance (lower fairness.tolerance, or look at the ratios; is the positive value of the label the right one?)';

/**
 * What the interval is of. It holds for the largest gap, whichever groups show it: with more than two groups the named pair may owe its
 * place to chance, and the bound to another pair; with equalized odds it spans both kinds of rows.
 */
function estimand({ component }: Disparity, groupCount: number): { readonly said: string; readonly interval: string } {
  if (groupCount > 2) return { said: `, the largest gap between any two of ${groupCount} groups`, interval: ' of the largest gap' };
  return component === null ? { said: '', interval: '' } : { said: ', the larger of the two gaps', interval: ' of the larger gap' };
}

export interface SentenceFacts {
  readonly row: Disparity;
  /** Groups that were compared. */
  readonly groupCount: number;
  /** Rows that entered. */
  readonly rows: number;
  readonly level: number;
  /** `The reference classifier, not an audited model: ` where the decisions are its own; empty otherwise. */
  readonly preamble: string;
  /** The label's column and its positive value, where they are known. */
  readonly label: { readonly column: string; readonly positive: string } | null;
  /** Whether no gap could have passed the tolerance. */
  readonly empty?: boolean;
}

/** One headline disparity in a sentence that needs no table: who, how much, how sure, against which tolerance, what follows. */
export function findingSentence({ row, groupCount, rows, level, preamble, label, empty = false }: SentenceFacts): string {
  const { attribute, value, interval, tolerance, groups, expected_at_parity: expected, metric, note } = row;
  const name = shortened(attribute);
  if (value === null || interval === null) return `${name}: ${metric.replaceAll('_', ' ')} could not be computed: ${note ?? 'no reason given'}`;
  const [first, second] = groups.map((group) => groupName(attribute, group));
  const isRatio = metric.endsWith('_ratio');
  const labelName = label === null ? 'the positive label' : `the label ${shortened(label.column)} = "${shortened(label.positive)}"`;
  const size = isRatio ? `${value.toFixed(2)} times` : `${points(value)} points`;
  const said = value === 0 && !isRatio ? `no difference was seen between groups (${metric.replaceAll('_', ' ')})` : isRatio ? `the rate of ${second!} was ${size} that of ${first!} (${metric.replaceAll('_', ' ')})` : comparison(row, labelName, second!, first!, size);
  const of = value === 0 ? { said: '', interval: ' of the largest gap' } : estimand(row, groupCount);
  const ends = isRatio ? interval.map((end) => end.toFixed(2)) : interval.map(points);
  const chance = expected === null || isRatio ? '' : `; were the groups equal, chance alone would show about ${points(expected.mean)}`;
  const bar = tolerance === null ? '' : `; tolerance ${isRatio ? tolerance : `${points(tolerance)} points`}`;
  return `${preamble}${name}: ${said}${of.said} (${Number((level * 100).toPrecision(6))} % interval${of.interval} ${ends[0]} to ${ends[1]}${chance}); `
    + `${rows.toLocaleString('en-US')} rows${bar}: ${empty ? EMPTY_PARITY : conclusion(row)}.`;
}
