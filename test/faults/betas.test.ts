import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { until } from '../system/command-line.ts';
import { createFaultyLine, SMALL_AUDIT, type FaultyLine } from './faulty-line.ts';

const CONFIG = SMALL_AUDIT.replace('epochs: 3', 'epochs: 8, beta: [1, 4]');

describe('an audit with several β', () => {
  let calm: FaultyLine, faulty: FaultyLine;
  beforeAll(async () => {
    [calm, faulty] = [await createFaultyLine({}, CONFIG), await createFaultyLine({}, CONFIG)];
    await calm.line.run('run', '--quiet', '--out', 'out');
  });
  afterAll(async () => {
    await calm.line.remove();
    await faulty.line.remove();
  });

  it('whose networks are killed, each, and all damaged before they are reported, ends with the bytes of the undisturbed one', async () => {
    for (let k = 0; k < 4; k++) faulty.plan('train', { action: 'kill', afterMs: 5 });
    faulty.plan('report', { action: 'flip', afterMs: 0, producer: 'train' });
    const { json, stderr } = await faulty.line.run('run', '--json', '--out', 'out');
    expect(json, stderr).toMatchObject({ state: 'completed' });
    expect(faulty.line.manifest('out')).toEqual(calm.line.manifest('out'));
    expect(Object.keys(faulty.line.manifest('out').files)).toContain('beta.csv');
    const events = faulty.events().filter(({ stage }) => stage === 'train');
    expect(events.filter(({ action }) => action === 'kill')).toHaveLength(4);
    expect(faulty.events().filter(({ action }) => action === 'flip')).toHaveLength(1);
    // Four killed, four that ended, four damaged and computed again.
    expect(events.filter(({ action }) => action === 'begin').length).toBeGreaterThanOrEqual(12);
    expect(readdirSync(join(faulty.line.folder, '.penumbra/stages/train'))).toHaveLength(4);
  });

  it('leaves no process where it is cancelled while they train', async () => {
    const other = await createFaultyLine({}, CONFIG.replace('epochs: 8', 'epochs: 2000'));
    try {
      const { json } = await other.line.run('run', '--detach', '--json'), id = String(json['id']);
      await until(() => other.events().filter(({ stage }) => stage === 'train').length >= 2, 'networks to train');
      await other.line.run('cancel', id);
      const { json: status } = await other.line.run('status', id, '--json');
      expect(status).toMatchObject({ state: 'cancelled' });
      const pids = [...new Set(other.events().map(({ pid }) => pid))];
      await until(() => other.line.host() === null && !pids.some(isRunning), 'every process to end');
    } finally {
      await other.line.remove();
    }
  });
});
