import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startSeaweed, type Seaweed } from '../infra/store/seaweed.ts';
import { CommandLine, isAlive, PEOPLE_CONFIG, until, writePeople } from './command-line.ts';

let server: Seaweed, line: CommandLine, local: CommandLine;
beforeAll(async () => {
  server = await startSeaweed();
  await server.makeBucket('audits');
  const settings = `store: { kind: s3, endpoint: "${server.endpoint}", bucket: audits, prefix: installation }\n`;
  line = await CommandLine.create({ AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey, TEMPORAL_ADDRESS: inject('temporalAddress') });
  local = await CommandLine.create();
  for (const { folder } of [line, local]) await writePeople(folder, 300);
  await writeFile(join(line.folder, 'audit.yaml'), PEOPLE_CONFIG + settings);
  await writeFile(join(local.folder, 'audit.yaml'), PEOPLE_CONFIG);
}, 120_000);
afterAll(async () => {
  await line.remove();
  await local.remove();
  await server.stop();
});

describe('an installation: an own Temporal service, an S3 store and a worker', () => {
  it('computes an audit whose files are those that a single machine makes, and gives no secret away', async () => {
    const worker = line.start('worker', '--config', 'audit.yaml', '--json');
    await until(() => worker.output().includes('serving'), 'the worker to serve');
    const run = await line.run('run', '--json', '--out', 'out');
    expect(run.stderr).not.toMatch(/error/i);
    expect(run.json).toMatchObject({ state: 'completed', verdict: 'findings' });
    worker.child.kill('SIGTERM');
    const ended = await worker.ended;
    expect(ended.code).toBe(0);
    expect(isAlive(worker.child.pid!)).toBe(false);

    await local.run('run', '--quiet', '--out', 'out');
    expect(line.manifest('out')).toEqual(local.manifest('out'));
    expect((await line.run('verify', 'out')).code).toBe(0);

    const connection = await Connection.connect({ address: inject('temporalAddress') });
    const history = await new Client({ connection }).workflow.getHandle(run.json['id'] as string).fetchHistory();
    await connection.close();
    const texts = [JSON.stringify(history), run.stdout, run.stderr, ended.stdout, ended.stderr];
    for (const file of (await readdir(join(line.folder, 'out'))).filter((name) => /\.(json|html|csv)$/.test(name))) texts.push(await readFile(join(line.folder, 'out', file), 'utf8'));
    for (const text of texts) expect(text.includes(server.secretKey) || text.includes(Buffer.from(server.secretKey).toString('base64'))).toBe(false);
  });

  it('answers for an audit from the store when no service is asked', async () => {
    const { json } = await line.run('status', '--config', 'audit.yaml', '--json');
    expect(json['audits']).toEqual([expect.objectContaining({ name: 'people', state: 'completed' })]);
  });
});
