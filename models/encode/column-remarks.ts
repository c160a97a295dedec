import type { Column } from '../table.ts';
import { type Ascending, ascending } from './ascending.ts';
import { presentValues } from './present-values.ts';

/** Beyond it not every whole number is a double. */
const EXACT = 2 ** 53;
/** From here on numbers print with an exponent: quantities, not keys. */
const WRITTEN_OUT = 1e21;
const FEWEST_KEYS = 50;
const DATE_SHARE = 0.9;
export const SEEN_LEVELS = 1000;
const SEEN_CHARACTERS = 100;

/** A date as people and programs write it, with or without a time: 2024-05-31, 31.05.2024, 5/31/24, 2024-05-31T12:00:00Z. */
const DATE = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(?:[T ]\d{1,2}:\d{2}.*)?$/;

/** What the owner of a feature column should know of it before believing what is learned from it. */
export function columnRemarks(column: Column): readonly string[] {
  return column.kind === 'category' ? textRemarks(column.levels) : column.values.every((value) => Number.isNaN(value) || Number.isInteger(value)) ? numberRemarks(ascending(presentValues(column.values).sort())) : [];
}

/** The same of numbers in order. */
export function numberRemarks(sorted: Ascending): readonly string[] {
  let beyond = false, repeated = false, before = Number.NaN;
  for (const chunk of sorted.chunks()) {
    for (const value of chunk) {
      if (!Number.isInteger(value)) return [];
      beyond ||= Math.abs(value) > EXACT && Math.abs(value) < WRITTEN_OUT;
      repeated ||= value === before;
      before = value;
    }
  }
  if (beyond) return [`whole numbers beyond ${EXACT} are held rounded, so that values which differ in the last digits become one: if they name something, put the column in data.id or data.exclude`];
  return repeated || sorted.length <= FEWEST_KEYS ? [] : ['no whole number occurs twice: if they name rows, put the column in data.id or data.exclude'];
}

/** The same of texts. levels: the first ones that occur, in order of appearance. */
export function textRemarks(levels: readonly string[]): readonly string[] {
  return [...dateRemarks(levels), ...lookAlikes(levels)];
}

function dateRemarks(levels: readonly string[]): readonly string[] {
  const seen = levels.slice(0, SEEN_LEVELS), dates = seen.filter((level) => level.length < 40 && DATE.test(level));
  if (dates.length === 0 || dates.length < DATE_SHARE * seen.length) return [];
  return [`dates, such as ${JSON.stringify(dates[0])}, are read as text: a number, such as the year or the days since an event, can be learned from`];
}

/** What is left of a text for the eye: composed letters, no invisible ones, single spaces, small letters. */
function seenAs(text: string): string {
  return text.normalize('NFKC').replaceAll(/[\p{Cf}\p{Cc}]/gu, '').replaceAll(/\s+/gu, ' ').trim().toLowerCase();
}

function lookAlikes(levels: readonly string[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const level of levels.slice(0, SEEN_LEVELS)) {
    const look = seenAs(level.slice(0, SEEN_CHARACTERS)), other = seen.get(look);
    if (other !== undefined && other.length < SEEN_CHARACTERS && level.length < SEEN_CHARACTERS) return [`values that look alike are taken for different ones: ${JSON.stringify(other)} (${codesOf(other)}) and ${JSON.stringify(level)} (${codesOf(level)})`];
    seen.set(look, level);
  }
  return [];
}

/** The characters by number, so that a reader sees how two texts differ. */
function codesOf(text: string): string {
  return Array.from(text.slice(0, 12), (character) => character.codePointAt(0)!.toString(16)).join(' ');
}
