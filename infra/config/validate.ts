import leven from 'leven';
import type { z } from 'zod';
import { ConfigError, type ConfigProblem, type Origin } from './config-error.ts';
import { expectationOf } from './expectation.ts';
import type { Layers } from './layers.ts';
import { fileSchema, KNOWN_KEYS, type FileConfig } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** What each key has when it is left out. */
const DEFAULTS: unknown = fileSchema.parse({ data: { path: 'none' } });

/** The known key nearest to a misspelt one, when it is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | null {
  const letters = (text: string): string => [...text.toLowerCase()].sort().join('');
  // Swapped letters (`lable`) are one slip, though two edits.
  const distance = (key: string): number => (letters(key) === letters(word) ? 0.5 : leven(word.toLowerCase(), key.toLowerCase()));
  const ranked = known.map((key) => ({ key, distance: distance(key) })).sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.key : null;
}

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<PropertyKey, unknown>)[key] : undefined), values);
}

function shown(value: unknown): string {
  // JSON would make null of a number that is none.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** Where a key was set, or something below it, or the section it should be in. */
function originOf(path: string, layers: Layers): Origin | null {
  const below = [...layers.origins].find(([other]) => other === path || other.startsWith(`${path}.`));
  if (below !== undefined) return below[1];
  if (path === '') return null;
  const end = path.lastIndexOf('.');
  return originOf(end < 0 ? '' : path.slice(0, end), layers);
}

function unknownKey(key: string, path: readonly PropertyKey[], layers: Layers): ConfigProblem {
  const section = path.join('.'), full = section === '' ? key : `${section}.${key}`;
  const known = KNOWN_KEYS[section] ?? [], near = nearest(key, known);
  // A key that is right elsewhere was put into the wrong section.
  const home = near === null ? Object.entries(KNOWN_KEYS).find(([other, keys]) => other !== section && keys.includes(key)) : undefined;
  const cure = near !== null ? `did you mean ${section === '' ? '' : `${section}.`}${near}?`
    : home !== undefined ? `${key} belongs under ${home[0] === '' ? 'the top level' : home[0]}` : `known here: ${known.join(', ')}`;
  return { code: 'unknown-key', path: full, origin: originOf(full, layers), message: `unknown key ${full}: ${cure}` };
}

function problemsOf(issue: Issue, layers: Layers): ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, issue.path, layers));
  const path = issue.path.join('.'), found = valueAt(layers.values, issue.path);
  const origin = originOf(path, layers);
  if (path === 'data' || path === 'data.path') {
    if (found === undefined) return [{ code: 'invalid', path, origin, message: 'data.path is missing: name the file to audit, such as data: { path: people.csv }' }];
  }
  const usual = valueAt(DEFAULTS, issue.path);
  const cure = usual === undefined || usual === null ? '' : `; leave it out for the default, ${shown(usual)}`;
  const expected = found === undefined ? `${path} is missing: ` : `${path} is ${shown(found)}: `;
  return [{ code: 'invalid', path, origin, message: `${expected}${expectationOf(issue, found)}${cure}` }];
}

/** @throws ConfigError with every problem found, each with its place. */
export function validate(layers: Layers): FileConfig {
  const result = fileSchema.safeParse(layers.values);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.flatMap((issue) => problemsOf(issue, layers)));
}
