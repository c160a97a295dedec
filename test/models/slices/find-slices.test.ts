import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../models/engine/random.ts';
import { findSlices, type FoundSlices } from '../../../models/slices/find-slices.ts';
import type { CategoryColumn, Column, NumberColumn } from '../../../models/table.ts';

interface Planted {
  readonly columns: readonly Column[];
  readonly inside: Uint8Array;
  readonly event: Uint8Array;
}

const N = 6000;
const LEVELS = ['red', 'green', 'blue', 'grey'];

/** Two categories and three numbers; events at a base rate of 5 %, at `rate` inside one conjunction of two or three conditions that depends on the seed. */
function plant(seed: number, rate: number): Planted {
  const random = randomStream(seed, 'test/slices');
  const category = (name: string): CategoryColumn => ({ kind: 'category', name, levels: LEVELS, codes: Int32Array.from({ length: N }, () => random.integer(4)) });
  const number = (name: string): NumberColumn => ({ kind: 'number', name, values: Float64Array.from({ length: N }, () => Math.round(40 + 12 * random.normal())) });
  const colour = category('colour'), shape = category('shape'), age = number('age'), hours = number('hours'), other = number('other');
  const level = random.integer(4), second = random.integer(4), cut = 40 + random.integer(12), three = random.uniform() < 0.5;
  const inside = Uint8Array.from({ length: N }, (_, row) => Number(colour.codes[row] === level && age.values[row]! >= cut && (!three || shape.codes[row] !== second)));
  return { columns: [colour, shape, age, hours, other], inside, event: inside.map((is) => Number(random.uniform() < (is === 1 ? rate : 0.05))) };
}

const discovery = Uint32Array.from({ length: N * 0.7 }, (_, i) => i), heldOut = Uint32Array.from({ length: N * 0.3 }, (_, i) => N * 0.7 + i);

function search({ columns, event }: Planted): FoundSlices {
  return findSlices({ columns, measures: [{ name: 'error', event }], discovery, heldOut, level: 0.95 });
}

function holds(columns: readonly Column[], text: string, row: number): boolean {
  return text.split(' and ').every((part) => {
    const [, name, operator, value] = /^(\S+) (=|≥|<|in) (.+)$/.exec(part)!, column = columns.find((each) => each.name === name)!;
    if (column.kind === 'category') return column.levels[column.codes[row]!] === value;
    const own = column.values[row]!;
    if (operator === 'in') {
      const [low, high] = value!.slice(1, -1).split(', ').map(Number);
      return own >= low! && own < high!;
    }
    return operator === '=' ? own === Number(value) : operator === '<' ? own < Number(value) : own >= Number(value);
  });
}

describe('findSlices', () => {
  it('reaches a precision@10 of .64 on planted slices: held-out rows of the best slice that lie in the planted one', () => {
    let precision = 0;
    for (let seed = 0; seed < 10; seed++) {
      const planted = plant(seed, 0.4), { slices } = search(planted);
      expect(slices[0]!.heldOut.replicated).toBe(true);
      const rows = [...heldOut].filter((row) => holds(planted.columns, slices[0]!.text, row)).slice(0, 10);
      precision += rows.filter((row) => planted.inside[row] === 1).length / 10 / 10;
    }
    // The target is .64; .79 was measured with these seeds.
    expect(precision).toBeGreaterThan(0.7);
  });

  it('counts what its words say, on both parts', () => {
    const planted = plant(3, 0.4), { slices, minimumSize } = search(planted);
    for (const slice of slices.slice(0, 5)) {
      for (const [rows, counts] of [[discovery, slice], [heldOut, slice.heldOut]] as const) {
        const own = [...rows].filter((row) => holds(planted.columns, slice.text, row)), events = own.filter((row) => planted.event[row] === 1).length;
        expect(counts.size).toBe(own.length);
        expect(counts.rate).toBeCloseTo(events / own.length, 12);
        expect(counts.lift).toBeCloseTo(counts.rate / counts.overall, 12);
      }
      expect(slice.conditions.length).toBeLessThanOrEqual(3);
      expect(new Set(slice.conditions.map(({ column }) => column)).size).toBe(slice.conditions.length);
      expect(slice.size).toBeGreaterThanOrEqual(minimumSize);
    }
  });

  it('replicates hardly anything where there is nothing', () => {
    let audits = 0;
    for (let seed = 20; seed < 40; seed++) {
      const { slices } = search(plant(seed, 0.05));
      if (slices.some((slice) => slice.heldOut.replicated)) audits++;
    }
    // At q ≤ .05 one audit in twenty would be expected.
    expect(audits).toBeLessThanOrEqual(4);
  });

  it('does not repeat itself: at most half of the rows of two slices are common, and every condition sharpens', () => {
    const planted = plant(5, 0.5), { slices } = search(planted), rows = slices.map(({ text }) => new Set([...discovery].filter((row) => holds(planted.columns, text, row))));
    for (const [i, a] of rows.entries()) {
      for (const b of rows.slice(0, i)) {
        const common = [...a].filter((row) => b.has(row)).length;
        expect(common / (a.size + b.size - common)).toBeLessThanOrEqual(0.5);
      }
    }
    expect(slices.length).toBeGreaterThan(0);
    expect(slices.length).toBeLessThanOrEqual(20);
  });

  it('leaves rows out where the event is not known, and finds nothing where nothing or everything happens', () => {
    const planted = plant(6, 0.5), event = planted.event.map((value, row) => (row % 2 === 0 ? 255 : value));
    const { slices } = search({ ...planted, event });
    expect(slices[0]!.overall).toBeCloseTo([...discovery].filter((row) => event[row] === 1).length / (discovery.length / 2), 12);
    for (const all of [0, 1, 255]) expect(search({ ...planted, event: new Uint8Array(N).fill(all) })).toMatchObject({ slices: [], searched: 0 });
  });

  it('repeats to the byte', () => {
    expect(JSON.stringify(search(plant(7, 0.3)))).toBe(JSON.stringify(search(plant(7, 0.3))));
  });
});
