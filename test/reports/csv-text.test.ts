import { array, assert, property, string } from 'fast-check';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { csvCell, csvLine, csvParts } from '../../reports/csv-text.ts';

describe('a cell of a CSV file', () => {
  it.each(['=cmd()', '+1', '-1', '@SUM(A1)', '\uff1d1+1', '\t=1', '\r=1'])('keeps a spreadsheet from running %j', (text) => {
    const [[cell]] = parse(csvLine([text])) as [[string]];
    expect(cell.startsWith("'")).toBe(true);
    expect(cell.slice(1)).toBe(text);
  });

  it('leaves numbers as they are, negative ones too', () => {
    expect([csvCell(-1.5), csvCell(0.1 + 0.2), csvCell(Number.NaN), csvCell(null), csvCell(true), csvCell('a=b')]).toEqual(['-1.5', '0.3', '', '', 'true', 'a=b']);
  });

  it('escapes control characters and marks that reorder text', () => {
    expect(csvCell('a\u0000b\u202ec\u001b[31m')).toBe('a\\u0000b\\u202ec\\u001b[31m');
    expect(csvCell('\ud800')).toBe('\ufffd');
  });

  it('comes back from a CSV reader as it went in, whatever printable text it holds', () => {
    assert(property(array(string({ unit: 'grapheme' }).filter((text) => !/^[=+\-@]|[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)), { minLength: 2, maxLength: 5 }), (cells) => {
      const [line] = parse(csvLine(cells)) as string[][];
      expect(line).toEqual(cells);
    }), { seed: 1, numRuns: 500 });
  });
});

describe('the parts of a CSV file', () => {
  it('are the lines, cut between lines', () => {
    const lines = Array.from({ length: 1000 }, (_, i) => [i, `name ${i}`] as const);
    const parts = [...csvParts(['row', 'name'], lines, 2000)], text = parts.map((part) => new TextDecoder().decode(part)).join('');
    expect(parts.length).toBeGreaterThan(5);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(2100);
    expect(parts.every((part) => part.at(-1) === 10)).toBe(true);
    expect(text.split('\n')).toHaveLength(1002);
    expect(text.startsWith('row,name\n0,name 0\n')).toBe(true);
  });

  it('hold the header alone when there are no lines', () => {
    expect([...csvParts(['a', 'b'], [])].map((part) => new TextDecoder().decode(part))).toEqual(['a,b\n']);
  });
});
