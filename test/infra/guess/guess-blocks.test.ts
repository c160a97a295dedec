import { expect, it } from 'vitest';
import { guessData } from '../../../infra/guess/guess-data.ts';
import { temporaryFile } from '../readers/temporary-file.ts';

it('labelled blocks have a label, the rarest class for positive, a number for a name, and nobody to compare', async () => {
  const block = (i: number): string => `${['ok', 'ok', 'moved', 'moved', 'lost'][i % 5]}\n${Array.from({ length: 12 }, (_, t) => `\t${(i * 7 + t) % 11}\t${-((i + t) % 5)}\n`).join('')}\n\n`;
  const guesses = await guessData(await temporaryFile(Array.from({ length: 47 }, (_, i) => block(i)).join(''), 'lp.data'));
  expect(guesses).toMatchObject({ rows: 47, id: { value: 'block' }, label: { value: 'label' }, positive: { value: 'lost' }, protected: [], exclude: [], score: null, prediction: null, reading: { columns: null } });
  expect(guesses.positive!.why).toContain('all others count as not positive');
  expect(guesses.columns).toHaveLength(26);
});
