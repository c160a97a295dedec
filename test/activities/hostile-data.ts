import { csvOf } from './run-audit.ts';

/** Names that try to be markup, formulas, paths, keys of every object, or to move what stands around them. */
export const HOSTILE_TEXTS = [
  '<script>window.hacked=1</script>', '"><img src=x onerror=window.hacked=1>', ']]></svg><script>window.hacked=1</script>', '</script><script>window.hacked=1</script>', '&lt;b&gt;',
  '=cmd|\' /C calc\'!A0', '+1+1', '-2+3', '@SUM(A1)', '\uff1d1+1', '../../../etc/passwd', '..\\..\\windows', '/etc/passwd', 'C:\\x', 'a\0b', '__proto__', 'constructor', 'toString', 'hasOwnProperty',
  '\u001b[31mred\u001b[0m', '\u009b31mred', '\u202egnp.exe\u202c', '\u2066x\u2069', '\u200b', 'soft\u00adhyphen', '\ufeffbom', 'first\nsecond', 'cr\rlf\r\nx', 'tab\tbed', '\u2028line', '{{7*7}}${7*7}#{7*7}',
  'é', 'e\u0301', '\u{e0041}tag', '\ud83d', '漢字 عربى עברית', '(missing)', '(rare)', '*', '\\', 'a*b', '%s%n', '\'; drop table x; --', '\u0007bell', ' ', '|', '`rm`', '$(rm)', 'x'.repeat(10_000),
] as const;

/** What a formula or an escape of a CSV file would do, put between quotes so that it arrives whole. */
export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

export const HOSTILE_ATTRIBUTE = '<i onmouseover=alert(1)>group</i>\n=1+1';
export const HOSTILE_FEATURE = '__proto__';
export const HOSTILE_LABEL = '</td><script>window.hacked=1</script>';
export const HOSTILE_POSITIVE = '"><img src=x onerror=window.hacked=1>';
export const HOSTILE_NUMBER = '\u001b[2J=HYPERLINK("http://x")\u202e';

/** Rows of hostile text in every place; one cell holds a megabyte. Each text is a group of `rows / texts` rows. */
export function hostileTable(rows = 6 * HOSTILE_TEXTS.length): string {
  const name = (i: number): string => HOSTILE_TEXTS[i % HOSTILE_TEXTS.length]!;
  const header = ['id', HOSTILE_ATTRIBUTE, HOSTILE_FEATURE, HOSTILE_LABEL, HOSTILE_NUMBER, 'constructor', 'y'.repeat(1_000), 'big'].map(quoted);
  return csvOf(header, rows, (i) => [
    quoted(`${i} ${name(i)}`), quoted(name(i)), quoted(name(i * 7 + (i >> 3))), quoted((i * 13) % 10 < 3 + (i % 5) ? HOSTILE_POSITIVE : '=no()'), (i * 37) % 101, quoted(name(i >> 4)), (i * 29) % 17,
    i === 11 ? 'm'.repeat(1_000_000) : ['small', 'tiny'][i % 2]!,
  ]);
}

/** The configuration of an audit of it, as JSON, which is YAML. */
export function hostileConfig(name: string): string {
  return JSON.stringify({
    name, data: { path: 'data.csv', id: 'id', label: HOSTILE_LABEL, positive: HOSTILE_POSITIVE, protected: [HOSTILE_ATTRIBUTE] },
    model: { epochs: 2, seeds: 1, latent: 3, hidden: 16, batch: 64 }, fairness: { intersections: 1, reference: { [HOSTILE_ATTRIBUTE]: '__proto__' } },
  });
}
