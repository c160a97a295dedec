/** One condition of a slice: a range of a number, or a text that is equal or not. */
interface Part {
  readonly subject: string;
  readonly low: number;
  readonly high: number;
}

const RANGE = /^(.*) (?:≥ (?<from>[^ ]+)|< (?<below>[^ ]+)|in \[(?<low>[^ ]+), (?<high>[^ ]+)\))$/s;
const numberOf = (text: string): number => Number(text.replaceAll(',', '').replace('−', '-'));

function partOf(text: string): Part {
  const found = RANGE.exec(text), { from, below, low, high } = found?.groups ?? {};
  const ends = from !== undefined ? [numberOf(from), Infinity] : below !== undefined ? [-Infinity, numberOf(below)] : [numberOf(low ?? ''), numberOf(high ?? '')];
  return found === null || ends.some(Number.isNaN) ? { subject: text, low: 0, high: 1 } : { subject: found[1]!, low: ends[0]!, high: ends[1]! };
}

const meet = (a: Part, b: Part): boolean => a.subject === b.subject && a.low < b.high && b.low < a.high;

/**
 * Whether two slices are one failure in other words: each condition of the one with fewer has its like, of the same value or a range that meets it,
 * in the other. A search over next night's rows words what it finds anew: `age ≥ 30` for `age ≥ 28`, a condition more or less.
 * @param first texts of its conditions
 */
export function alikeSlices(first: readonly string[], second: readonly string[]): boolean {
  const [fewer, more] = [first, second].map((texts) => texts.map(partOf)).sort((a, b) => a.length - b.length) as [Part[], Part[]];
  return fewer.length > 0 && fewer.every((part) => more.some((other) => meet(part, other)));
}
