import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../infra/config/load-config.ts';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { openSession } from '../../infra/temporal/session.ts';
import { startAudit } from '../../infra/temporal/start-audit.ts';
import { CommandLine, PEOPLE_CONFIG, until, writePeople } from './command-line.ts';

let line: CommandLine;
beforeAll(async () => {
  line = await CommandLine.create();
  await writePeople(line.folder, 60);
  await writeFile(join(line.folder, 'audit.yaml'), PEOPLE_CONFIG);
});
afterAll(() => line.remove());

it('an audit whose host lets go just before it is asked begins on the next one', async () => {
  const loaded = await loadConfig({ file: join(line.folder, 'audit.yaml'), settings: [], seed: null, backend: 'cpu', environment: {}, folder: line.folder });
  const session = await openSession(loaded, () => {}), { pid } = line.host()!;
  process.kill(pid, 'SIGTERM');
  await until(() => !isRunning(pid), 'the host to end');
  const id = await startAudit(session, { config: loaded.audit, location: loaded.location, out: join(line.folder, 'out'), only: ['ingest'] });
  await session.client.connection.close();
  expect(line.host()!.pid).not.toBe(pid);
  const watched = await line.run('watch', id, '--json');
  expect([watched.code, watched.json['state']]).toEqual([0, 'completed']);
});
