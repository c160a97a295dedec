import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine, until, writePeople } from '../system/command-line.ts';
import { SMALL_AUDIT } from './faulty-line.ts';
import { startS3Stub, type S3Stub } from './s3-stub.ts';

let stub: S3Stub, calm: CommandLine, faulty: CommandLine;
beforeAll(async () => {
  stub = await startS3Stub();
  calm = await CommandLine.create();
  faulty = await CommandLine.create({
    AWS_ACCESS_KEY_ID: 'key-of-test', AWS_SECRET_ACCESS_KEY: 'secret-of-test', PENUMBRA_STORE_KIND: 's3', PENUMBRA_STORE_ENDPOINT: stub.endpoint, PENUMBRA_STORE_BUCKET: 'audits',
  });
  for (const line of [calm, faulty]) {
    await writePeople(line.folder, 200);
    await writeFile(join(line.folder, 'audit.yaml'), SMALL_AUDIT);
  }
  await calm.run('run', '--quiet', '--out', 'out');
});
afterAll(async () => {
  await calm.remove();
  await faulty.remove();
  await stub.stop();
});

describe('an audit on an S3 server that fails one request in five', () => {
  it('by 503, 500, lost connections, lost answers (and so 412 after its own success), answers cut in the middle and slow ones, ends with the same bytes', async () => {
    const struck = stub.chaos(5, [503, 'drop', 'drop-after', 'cut', 500, 'drop-after', 'slow', 429]);
    const { json, stderr } = await faulty.run('run', '--json', '--out', 'out');
    expect(json, stderr).toMatchObject({ state: 'completed' });
    expect(faulty.manifest('out')).toEqual(calm.manifest('out'));
    expect(struck()).toBeGreaterThan(50);
  });

  it('data that the worker is not let at: one line with the cure, exit code 3, nothing committed', async () => {
    stub.objects.clear();
    stub.objects.set('people.csv', Buffer.from('a,b\n1,2\n'));
    stub.chaos(0, []);
    stub.forbidden.add('people.csv');
    const { code, stderr, json } = await faulty.run('run', '--json', '--out', 'none', '--set', 'data.path=s3://audits/people.csv');
    expect(code, stderr).toBe(3);
    expect(stderr).toContain('cannot be read by this machine');
    expect(stderr).not.toContain('key-of-test');
    expect(json).toMatchObject({ state: 'failed', failure: { kind: 'infrastructure' } });
    expect([...stub.objects.keys()].filter((key) => key.startsWith('stages/'))).toEqual([]);
  });

  it('that is full fails cleanly, says so in one line, and is completed by a second run once there is room', async () => {
    stub.objects.clear();
    const run = faulty.start('run', '--json', '--out', 'again');
    await until(() => stub.objects.size > 6, 'the first stages to be stored');
    stub.chaos(1, ['full'], 'PUT');
    const stored = stub.objects.size, full = await run.ended;
    expect(stub.objects.size).toBe(stored);
    expect(full.code).toBe(3);
    expect(full.stderr).toContain('no space left');
    stub.chaos(0, []);
    expect((await faulty.run('run', '--json', '--out', 'again')).json).toMatchObject({ state: 'completed' });
    expect(faulty.manifest('again')).toEqual(calm.manifest('out'));
  });
});
