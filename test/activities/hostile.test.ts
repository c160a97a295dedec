import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { inert } from '../../infra/cli/output.ts';
import { HOSTILE_ATTRIBUTE, HOSTILE_TEXTS, hostileConfig, hostileTable } from './hostile-data.ts';
import { runAudit, type AuditRun } from './run-audit.ts';
import { pageText, problemsOf, textOf } from './sound-result.ts';

/** What would be obeyed in place of shown: controls, marks of direction, invisible letters. */
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
const NAME = '<script>window.hacked=1</script> ../../=1+1 \u202e';

let run: AuditRun;
beforeAll(async () => {
  run = await runAudit({ data: hostileTable(), config: hostileConfig(NAME), settings: [] });
}, 120_000);

/** The page's own scripts and styles taken out: what remains has no place for another. */
const withoutOwn = (html: string): string => html.replaceAll(/<script(?: type="application\/json" id="chart-specs")?>[^]*?<\/script>/g, '').replaceAll(/<style>[^]*?<\/style>/g, '');

/** Only the tags, with empty values: names of elements and attributes that a browser would act on. */
const tagsOf = (markup: string): string => markup.replaceAll(/="[^"]*"/g, '=""').match(/<[^>]*>/g)!.join('\n');

describe('hostile text', () => {
  it('leaves a sound result', () => {
    expect(problemsOf(run)).toEqual([]);
  });

  it('is text in the page', () => {
    const html = textOf(run, 'report.html'), rest = withoutOwn(html);
    expect(html.match(/<script[ >]/g)).toHaveLength(3);
    expect(/<script|<img|<i |<iframe|<object|\son\w+\s*=/i.exec(tagsOf(rest))?.[0]).toBeUndefined();
    expect(/(?:href|src)="(?!#)[^"]*"/.exec(rest)?.[0]).toBeUndefined();
    expect(OBEYED.exec(rest)?.index).toBeUndefined();
    expect(html.length).toBeLessThan(12_000_000);
    expect(pageText(run)).toContain('\\u202e');
  });

  it('is text in every picture', () => {
    for (const [name, bytes] of run.files) {
      if (!name.endsWith('.svg')) continue;
      const svg = bytes.toString();
      expect([name, /<script|<img|<i |<foreignObject|\shref=|\son\w+=/i.exec(tagsOf(withoutOwn(svg)))?.[0]]).toEqual([name, undefined]);
      expect([name, OBEYED.exec(svg)?.index]).toEqual([name, undefined]);
    }
  });

  it('is no formula and no control in a CSV', () => {
    for (const name of ['outliers.csv', 'weights.csv', 'training.csv']) {
      const text = textOf(run, name);
      const formulas = (parse(text) as string[][]).flat().filter((cell) => /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(cell) && Number.isNaN(Number(cell)));
      expect([name, formulas]).toEqual([name, []]);
      expect([name, OBEYED.exec(text)]).toEqual([name, null]);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(30_000);
    }
  });

  it('is a name in JSON, and no key of an object', () => {
    const groups = run.documents.fairness!.groups.filter(({ attribute, metric }) => attribute === HOSTILE_ATTRIBUTE && metric === 'base_rate').map(({ group }) => group);
    for (const text of ['__proto__', 'constructor', '<script>window.hacked=1</script>', '../../../etc/passwd', 'first\nsecond', 'é', 'e\u0301']) expect(groups).toContain(text);
    expect(groups).toContainEqual(expect.stringMatching(/^x{160}… \(10000 characters, [0-9a-f]{8}\)$/));
    expect(run.documents.fairness!.disparities.find(({ attribute }) => attribute === HOSTILE_ATTRIBUTE)!.reference).toBe('__proto__');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('is no path: neither in the store nor in the names of files', async () => {
    for await (const { key } of run.store.list('')) expect(key).toMatch(/^(?:objects\/[0-9a-f]{2}\/[0-9a-f]{64}|stages\/[a-z]+\/[0-9a-f]{64}\.json)$/);
    for (const name of run.files.keys()) expect(name).toMatch(/^(?:charts\/)?[a-z0-9][a-z0-9-]{0,80}\.[a-z]+$/);
    expect(pageText(run)).not.toContain('penumbra-out/../');
  });

  it('is one inert line each in a terminal', () => {
    for (const { sentence } of run.documents.fairness!.findings) {
      expect(OBEYED.exec(inert(sentence))).toBeNull();
      expect(sentence).not.toMatch(/[\n\r]/);
      expect(sentence.length).toBeLessThan(600);
    }
    for (const text of HOSTILE_TEXTS) expect([text, OBEYED.exec(inert(text))]).toEqual([text, null]);
  });

  it('is told from text that looks the same', () => {
    const { note } = run.documents.profile!.columns.find(({ name }) => name === HOSTILE_ATTRIBUTE)!;
    expect(note).toMatch(/look alike/);
  });
});
