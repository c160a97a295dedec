import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Comparison } from '../../models/compare/types.ts';
import { CommandLine } from './command-line.ts';

let line: CommandLine;
beforeAll(async () => { line = await CommandLine.create({ PENUMBRA_HOST_IDLE: '20' }); });
afterAll(() => line.remove());

it('two audits of real people with other seeds, as a user makes them, show no change beyond their stated error', async () => {
  for (const seed of ['0', '7']) {
    const { json, stderr } = await line.run('run', 'sample:german', '--seed', seed, '--out', `seed-${seed}`, '--fail-on', 'never', '--json');
    expect(json, stderr).toMatchObject({ state: 'completed' });
  }
  const { code, json, stderr } = await line.run('compare', 'seed-0', 'seed-7', '--json'), { effects, rows, changes } = json as unknown as Comparison;
  expect(code, stderr).toBe(0);
  expect(changes, effects.filter(({ verdict }) => verdict === 'changed').map(({ sentence }) => sentence).join('\n')).toBe(0);
  expect(rows).toMatchObject({ by: 'content', shared: 1000, altered: 0, added: 0, removed: 0 });
  // The seed moves no row, label or column: those are the same exactly.
  for (const effect of effects.filter(({ kind, measure }) => kind === 'column' || measure.startsWith('base_rate'))) expect(effect, effect.sentence).toMatchObject({ value: 0, verdict: 'same' });
  expect(effects.filter(({ kind }) => kind === 'latent' || kind === 'training').length).toBeGreaterThan(0);
  expect(readFileSync(json['page'] as string, 'utf8')).toContain('No change');
});
