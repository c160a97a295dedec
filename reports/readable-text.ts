/**
 * Text from data made safe to show: what would not print, or would change the order or place of other text, is written as its
 * code point. C0 and C1 controls, soft hyphen, zero-width characters, bidirectional marks, byte-order mark, lone surrogates, tags.
 */
// oxlint-disable-next-line no-control-regex
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff]|[\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu;

/** @param limit most characters of the result; a longer text ends in an ellipsis. */
export function readableText(text: string, limit = 120): string {
  // Only the beginning is looked at: a cell may hold a megabyte.
  const head = text.length > 4 * limit ? text.slice(0, 4 * limit) : text;
  const shown = head.replace(INVISIBLE, (match) => `\\u${match.codePointAt(0)!.toString(16).padStart(4, '0')}`);
  const characters = Array.from(shown);
  return characters.length > limit || head.length < text.length ? `${characters.slice(0, limit - 1).join('')}…` : shown;
}

/** Room that text takes in a proportional sans-serif, in px: an approximation that errs on the wide side for Latin letters. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) ems += characterWidth(character);
  return ems * fontSize;
}

function characterWidth(character: string): number {
  if (character.codePointAt(0)! >= 0x2e80) return 1.05;
  if ('iljtfr.,:;|!\'()[] '.includes(character)) return 0.36;
  if ('mwMW@%'.includes(character)) return 0.92;
  return character >= 'A' && character <= 'Z' ? 0.7 : 0.58;
}

/** The beginning of a text that fits into `width` px, with an ellipsis where something was cut. */
export function fitText(text: string, width: number, fontSize: number): string {
  const shown = readableText(text, 200);
  if (textWidth(shown, fontSize) <= width) return shown;
  const kept: string[] = [];
  let room = width - fontSize;
  for (const character of shown) {
    room -= characterWidth(character) * fontSize;
    if (room < 0) break;
    kept.push(character);
  }
  return `${kept.join('').trimEnd()}…`;
}

/** A text on one line where it fits, else on two, cut at a space where there is one; the lines are separated by a line feed. */
function twoLines(text: string, width: number, fontSize: number): string {
  const shown = readableText(text, 200), words = shown.split(' ');
  if (textWidth(shown, fontSize) <= width || words.length === 1) return fitText(shown, width, fontSize);
  let first = words[0]!, taken = 1;
  while (taken < words.length && textWidth(`${first} ${words[taken]!}`, fontSize) <= width) first += ` ${words[taken++]!}`;
  return taken === words.length ? fitText(shown, width, fontSize) : `${fitText(first, width, fontSize)}\n${fitText(words.slice(taken).join(' '), width, fontSize)}`;
}

/** Labels for an axis, of one or at most two lines: each fitted, and told apart where fitting made two names alike. */
export function axisLabels(names: readonly string[], width: number, fontSize: number, lines: 1 | 2 = 1): readonly string[] {
  const fit = lines === 1 ? fitText : twoLines, seen = new Map<string, number>();
  return names.map((name) => {
    const label = fit(name, width, fontSize), times = (seen.get(label) ?? 0) + 1;
    seen.set(label, times);
    return times === 1 ? label : `${fit(name, width - 3 * fontSize, fontSize)} (${times})`;
  });
}
