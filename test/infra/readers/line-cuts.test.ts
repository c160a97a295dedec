import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { findLineCuts, type LineCuts } from '../../../infra/readers/line-cuts.ts';
import { type RandomStream, randomStream } from '../../../models/engine/random.ts';

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function cutsOf(text: string, places: readonly number[], size = 1 << 20, quoted = true): Promise<LineCuts> {
  return findLineCuts(chunksOf(Buffer.from(text), size), { places, quoted });
}

const records = (text: string | Buffer): readonly (readonly string[])[] => parse(text, { trim: true, relax_column_count: true, skip_empty_lines: true, record_delimiter: ['\r\n', '\n', '\r'] });

function randomCsv(random: RandomStream): string {
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]!, end = pick(['\n', '\r\n']);
  const cell = (): string => pick(['', 'a', '  b ', '12', 'é€', '""', '"x"', '" ""y"" "', '"p\nq"', '"p\r\nq,"', '"\n"', '""""', '"',  "'s'"].slice(0, 12));
  const line = (): string => (random.integer(8) === 0 ? pick(['', '  ', '\t']) : Array.from({ length: 3 }, cell).join(pick([',', ', ', ' ,'])));
  return `h1,"h\n2",h3${end}${Array.from({ length: 1 + random.integer(30) }, line).join(end)}${pick(['', end])}`;
}

describe('where a text is cut', () => {
  it('is where a record of CSV begins, whatever the cells hold: pieces have the records of the whole', async () => {
    const random = randomStream(0, 'cuts');
    let cut = 0;
    for (let round = 0; round < 500; round++) {
      const text = randomCsv(random), bytes = Buffer.from(text), places = Array.from({ length: random.integer(6) }, () => random.integer(bytes.length)).sort((a, b) => a - b);
      const { cuts, header } = await cutsOf(text, places, 1 + random.integer(20)), ends = [0, ...cuts, bytes.length];
      expect(cuts.every((own, i) => own >= places[0]! && own > (cuts[i - 1] ?? 0) && own < bytes.length)).toBe(true);
      expect(ends.slice(1).flatMap((end, i) => records(bytes.subarray(ends[i], end)))).toEqual(records(text));
      expect(records(bytes.subarray(...header!))).toEqual(records(text).slice(0, 1));
      cut += cuts.length;
    }
    expect(cut).toBeGreaterThan(500);
  });

  it('is the first beginning of a line from each place on, and behind the header, whatever the chunks', async () => {
    const text = 'a,b\n1,"x\ny"\n2,z\n3,w\n';
    for (const size of [1, 2, 3, 100]) {
      expect((await cutsOf(text, [5, 13], size)).cuts).toEqual([12, 16]);
      expect((await cutsOf(text, [4, 13], size)).cuts).toEqual([12, 16]);
      expect((await cutsOf(text, [5, 6, 7], size)).cuts).toEqual([12]);
      expect((await cutsOf(text, [5], size, false)).cuts).toEqual([9]);
      expect((await cutsOf(text, [17], size)).cuts).toEqual([]);
    }
  });

  it('is never before what could be taken for a byte-order mark', async () => {
    expect((await cutsOf('a\nb\n\ufeffc\nd\n', [3])).cuts).toEqual([9]);
  });

  it('comes with the first line that is not blank, where no program sees two in it', async () => {
    expect((await cutsOf('\ufeff\n \t\r\na,b\r\n1,2\n', [])).header).toEqual([8, 13]);
    expect((await cutsOf('a,b\r1,2\n3,4\n', [])).header).toBeNull();
    expect((await cutsOf('a,"b\r"\n3,4\n', [])).header).toEqual([0, 7]);
    expect((await cutsOf('a,b', [])).header).toBeNull();
  });
});
