import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', tuple: 'a list', record: 'keys with values', object: 'keys with values',
};

function bound(issue: Issue & { code: 'too_small' | 'too_big' }): string {
  const low = issue.code === 'too_small', limit = String(low ? issue.minimum : issue.maximum);
  if (issue.origin === 'array') return low ? `a list of ${limit} or more` : `a list of at most ${limit}`;
  if (issue.origin === 'string') return low ? 'some text' : `at most ${limit} characters`;
  if (issue.inclusive === true) return `a number of ${low ? 'at least' : 'at most'} ${limit}`;
  return `a number ${low ? 'above' : 'below'} ${limit}`;
}

function typeExpected(expected: string, found: unknown): string {
  const kind = KINDS[expected] ?? expected;
  const single = typeof found === 'string' || typeof found === 'number';
  return expected === 'array' && single ? `${kind}: write [${String(found).slice(0, 60)}]` : kind;
}

/** What a key of the configuration should have held, in plain words. found: what it holds. */
export function expectationOf(issue: Issue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_value': return `expected one of ${issue.values.map(String).join(', ')}`;
    case 'too_small': case 'too_big': return `expected ${bound(issue as Issue & { code: 'too_small' | 'too_big' })}`;
    case 'invalid_type': return `expected ${typeExpected(issue.expected, found)}`;
    case 'invalid_union': return /^Invalid (?:input|discriminator)/.test(issue.message) ? `expected ${alternatives(issue, found)}` : issue.message;
    default: return issue.message.replace(/^Invalid input: /, '');
  }
}

/** What any branch of a union would have taken. */
function alternatives(issue: Issue & { code: 'invalid_union' }, found: unknown): string {
  const kinds = /^Invalid discriminator value\. Expected (.*)$/.exec(issue.message)?.[1];
  if (kinds !== undefined) return `one of ${kinds.replaceAll("'", '').replaceAll(' | ', ', ')}`;
  const words = issue.errors.flatMap(([first]) => (first === undefined ? [] : [expectationOf(first, found).replace(/^expected /, '')]));
  return [...new Set(words)].join(', or ') || 'something else';
}
