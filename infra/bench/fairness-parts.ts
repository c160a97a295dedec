import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '../../models/engine/random.ts';
import type { Table } from '../../models/table.ts';
import { writeTablePart } from '../readers/table-part.ts';

const PART_ROWS = 262_144;
const RACES = ['White', 'Black', 'Asian', 'Native', 'Other'];
const AGES = 80;

/** Rows of people with a label and a decision that depend on sex and race a little; the same for the same part. */
function makePart(part: number, rows: number): Table {
  const random = randomStream(1, 'bench/fairness', part);
  const column = (draw: () => number): Int32Array => Int32Array.from({ length: rows }, draw);
  const sex = column(() => Number(random.uniform() < 0.4));
  const race = column(() => { const u = random.uniform(); return u < 0.7 ? 0 : u < 0.85 ? 1 : u < 0.94 ? 2 : u < 0.98 ? 3 : 4; });
  const age = Float64Array.from({ length: rows }, () => 18 + random.integer(AGES - 18));
  const label = sex.map((code, row) => Number(random.uniform() < 0.3 - 0.05 * code - 0.02 * race[row]!));
  const decision = label.map((yes, row) => Number(random.uniform() < (yes === 1 ? 0.7 : 0.15) - 0.02 * sex[row]!));
  const answers = ['no', 'yes'];
  return { rows, columns: [
    { kind: 'category', name: 'sex', levels: ['Male', 'Female'], codes: sex }, { kind: 'category', name: 'race', levels: RACES, codes: race }, { kind: 'number', name: 'age', values: age },
    { kind: 'category', name: 'label', levels: answers, codes: label }, { kind: 'category', name: 'decision', levels: answers, codes: decision },
  ] };
}

/** Arrow files of generated rows in a temporary folder that the caller removes. */
export async function writeFairnessParts(rows: number, say: (line: string) => void): Promise<{ readonly folder: string; readonly files: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-bench-')), files: string[] = [];
  for (let from = 0, part = 0; from < rows; from += PART_ROWS, part++) {
    const size = Math.min(PART_ROWS, rows - from), table = makePart(part, size), file = join(folder, `${part}.arrow`);
    await writeFile(file, writeTablePart({ table, rowNumbers: Uint32Array.from({ length: size }, (_, i) => from + i), split: new Uint8Array(size) }, new Map(), 0, size));
    files.push(file);
    if (part % 10 === 9) say(`${from + size} rows generated`);
  }
  return { folder, files };
}
