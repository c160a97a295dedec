import { inert } from '../cli/output.ts';
import type { Guess, Guesses } from './types.ts';
import { DEFAULT_MISSING } from './read-data.ts';

const WIDTH = 120;

export interface ConfigPlace {
  /** As it stands in the configuration: relative to it, absolute, or `sample:NAME`. */
  readonly path: string;
  readonly name: string;
}

/** `audit.yaml` with every guess, the reason in a comment above it, and what to change when it is wrong. */
export function writeConfig(guesses: Guesses, { path, name }: ConfigPlace): string {
  const numbers = guesses.columns.filter((column) => column.kind === 'number').length;
  const lines = [
    ...comment(`Guessed from ${path}: ${guesses.rows.toLocaleString('en')} rows, ${guesses.columns.length} ${guesses.columns.length === 1 ? 'column' : 'columns'} (${numbers} of numbers, ${guesses.columns.length - numbers} of categories). `
      + 'Every line is a guess: read the reason above it, change what is wrong, then run the audit. A line taken out means: there is none.', 0),
    `name: ${scalar(name)}`, 'data:', `  path: ${scalar(path)}`,
    ...readingLines(guesses), ...outcomeLines(guesses), ...protectedLines(guesses), ...keyLines(guesses), ...excludeLines(guesses),
  ];
  if (guesses.doubts.length > 0) lines.push('', '# Worth a look:', ...guesses.doubts.flatMap((doubt) => comment(`- ${doubt}`, 0)));
  return `${lines.join('\n')}\n`;
}

function readingLines({ reading }: Guesses): readonly string[] {
  const lines = reading.notes.flatMap((note) => comment(note));
  if (reading.encoding !== 'utf-8') lines.push(`  encoding: ${scalar(reading.encoding)}`);
  if (reading.columns !== null) lines.push(...list('columns', reading.columns));
  if (reading.missing.length > DEFAULT_MISSING.length) lines.push(...comment('Cells with these texts, in any column, hold no value. Take out what is an answer of its own.'), ...list('missing', reading.missing));
  return lines;
}

function outcomeLines(guesses: Guesses): readonly string[] {
  const { label, positive, score, prediction, threshold } = guesses;
  return [
    ...single('label', label, 'What really happened. Wrong? Name the column that says so, or take out label and positive'),
    ...single('positive', positive, 'The value that counts as yes: rates are shares of it', JSON.stringify),
    ...single('score', score, 'The score of the model under audit. If it is no model\'s output but a fact known before, take it out: it is a feature then'),
    ...single('threshold', threshold, 'The decision is: score at least this. Put in the one that is really used', String),
    ...single('prediction', prediction, 'The decisions of the model under audit. If it is no model\'s output, take it out'),
  ];
}

function protectedLines({ protected: attributes }: Guesses): readonly string[] {
  if (attributes.length === 0) return [...comment('No column looks like a protected attribute (sex, race, age …). If one is, name it here; without one there are no groups to compare:'), '  # protected: [column]'];
  const binned = attributes.filter((each) => each.bins !== null);
  return [
    ...comment('Groups of people to compare. Take out what is none, add what is missing:'),
    ...attributes.flatMap(({ column, why }) => comment(`- ${column.slice(0, 60)}: ${why}`)),
    ...list('protected', attributes.map((each) => each.column)),
    ...(binned.length === 0 ? [] : [...comment('A quantity becomes groups by these edges, each group from its lower edge up to below the next:'), '  bins:', ...binned.map(({ column, bins }) => `    ${scalar(column)}: [${bins!.join(', ')}]`)]),
  ];
}

function keyLines({ id, cluster, sequence, time }: Guesses): readonly string[] {
  return [
    ...single('id', id, 'It names the rows, so that each keeps its place when rows are added or sorted'),
    ...single('cluster', cluster, 'Rows with the same value are not independent, which widens intervals. Take it out if they are'),
    ...single('sequence', sequence, 'Rows with the same value follow each other'),
    ...single('time', time, 'The order within a sequence'),
  ];
}

function excludeLines({ exclude }: Guesses): readonly string[] {
  if (exclude.length === 0) return [];
  const byReason = new Map<string, string[]>();
  for (const { column, why } of exclude) byReason.set(why, [...(byReason.get(why) ?? []), column]);
  return [...comment('Neither features nor groups. Take a column out of this list to use it:'), '  exclude:',
    ...[...byReason].flatMap(([why, columns]) => [...comment(why, 4), ...columns.map((column) => `    - ${scalar(column)}`)])];
}

function single<T>(key: string, guess: Guess<T> | null, meaning: string, write: (value: T) => string = (value) => scalar(String(value))): readonly string[] {
  return guess === null ? [] : [...comment(`${meaning}. Why: ${guess.why}.`), `  ${key}: ${write(guess.value)}`];
}

function list(key: string, values: readonly string[]): readonly string[] {
  const line = `  ${key}: [${values.map(scalar).join(', ')}]`;
  return line.length <= WIDTH ? [line] : [`  ${key}:`, ...values.map((value) => `    - ${scalar(value)}`)];
}

const RESERVED = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

/** A YAML scalar that reads back as this very text: plain when nothing in it could mean something, else in double quotes. */
export function scalar(text: string): string {
  if (/^[A-Za-z_](?:[\w. -]*\w)?$/.test(text) && !RESERVED.test(text)) return text;
  // JSON is YAML; what a YAML reader or a terminal would take for a line's end or a command is escaped besides.
  return inert(JSON.stringify(text)).replaceAll('\u2028', String.raw`\u2028`).replaceAll('\u2029', String.raw`\u2029`);
}

/** Wrapped comment lines; nothing in the text can end one. */
function comment(text: string, indent = 2): string[] {
  const lines: string[] = [], start = `${' '.repeat(indent)}# `;
  let line = start;
  for (const word of inert(text.replaceAll(/[\s\u2028\u2029]+/g, ' ')).trim().split(' ')) {
    if (line.length + word.length > WIDTH && line !== start) {
      lines.push(line.trimEnd());
      line = text.startsWith('- ') ? `${start}  ` : start;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
