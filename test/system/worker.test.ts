import { readdir, readFile, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../infra/temporal/dev-server.ts';
import { isRunning } from '../../infra/temporal/is-running.ts';
import { buildId } from '../../infra/temporal/worker-version.ts';
import { startSeaweed, type Seaweed } from '../infra/store/seaweed.ts';
import { CommandLine, PEOPLE_CONFIG, until, writePeople } from './command-line.ts';

const CODEC_KEY = Buffer.alloc(32, 'codec key of the test').toString('base64');
let server: Seaweed, line: CommandLine, local: CommandLine;
beforeAll(async () => {
  server = await startSeaweed();
  await server.makeBucket('audits');
  const settings = `store: { kind: s3, endpoint: "${server.endpoint}", bucket: audits, prefix: installation }\n`;
  line = await CommandLine.create({ AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey, TEMPORAL_ADDRESS: inject('temporalAddress'), PENUMBRA_CODEC_KEY: CODEC_KEY });
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
    const health = await freePort(), metrics = await freePort();
    const worker = line.start('worker', '--config', 'audit.yaml', '--json', '--health', String(health), '--metrics', `127.0.0.1:${metrics}`);
    await until(() => worker.output().includes('serving'), 'the worker to serve');
    for (const path of ['health/live', 'health/ready', 'healthz']) expect((await fetch(`http://127.0.0.1:${health}/${path}`)).status, path).toBe(200);
    const run = await line.run('run', '--json', '--out', 'out');
    expect(run.stderr).not.toMatch(/error/i);
    expect(run.json).toMatchObject({ state: 'completed', verdict: 'findings' });
    expect(await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()).toMatch(/temporal_activity_execution_latency_seconds_count\{[^}]*task_queue="penumbra-cpu"/);
    const collected = await line.run('gc', '--config', 'audit.yaml', '--older-than', '0s', '--json');
    expect(collected.json).toMatchObject({ removed: { stages: { count: 0 } }, open: [] });
    const asked = performance.now();
    worker.child.kill('SIGTERM');
    const ended = await worker.ended;
    expect(ended.code).toBe(0);
    expect(performance.now() - asked).toBeLessThan(15_000);
    expect(isRunning(worker.child.pid!)).toBe(false);

    await local.run('run', '--quiet', '--out', 'out');
    expect(line.manifest('out')).toEqual(local.manifest('out'));
    expect((await line.run('verify', 'out')).code).toBe(0);

    const connection = await Connection.connect({ address: inject('temporalAddress') });
    const client = new Client({ connection }), workflowId = run.json['id'] as string, history = await client.workflow.getHandle(workflowId).fetchHistory();
    const { workflowExecutionInfo } = await client.workflowService.describeWorkflowExecution({ namespace: 'default', execution: { workflowId } });
    expect(workflowExecutionInfo?.versioningInfo).toMatchObject({ behavior: 1, deploymentVersion: { deploymentName: 'penumbra', buildId: buildId() } });
    // Encrypted: the audit's configuration is nowhere in its history.
    const written = Buffer.concat((history.events ?? []).flatMap((event) => event.workflowExecutionStartedEventAttributes?.input?.payloads?.map(({ data }) => Buffer.from(data!)) ?? []));
    expect(written.length).toBeGreaterThan(500);
    expect(written.includes('hired')).toBe(false);
    await connection.close();
    const texts = [JSON.stringify(history), run.stdout, run.stderr, ended.stdout, ended.stderr, collected.stdout, collected.stderr];
    for (const file of (await readdir(join(line.folder, 'out'))).filter((name) => /\.(json|html|csv)$/.test(name))) texts.push(await readFile(join(line.folder, 'out', file), 'utf8'));
    for (const secret of [server.secretKey, CODEC_KEY]) for (const text of texts) expect(text.includes(secret) || text.includes(Buffer.from(secret).toString('base64'))).toBe(false);
  });

  it('says in one line what a worker lacks, and serves nothing', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const config = ['--config', 'audit.yaml'], lines: readonly (readonly [string[], string])[] = [
      [[...config, '--set', 'temporal.namespace=nowhere'], 'temporal operator namespace create nowhere'],
      [[...config, '--set', 'store.bucket=nowhere'], 'create the bucket'],
      [[...config, '--set', 'temporal.address=127.0.0.1:9'], 'no Temporal service answers'],
      [[...config, '--health', String(port)], 'name another port with --health'],
      [[...config, '--metrics', String(port)], 'name another port with --metrics'],
    ];
    for (const [args, words] of lines) {
      const { code, stdout, stderr } = await line.run('worker', ...args);
      expect(stderr).toContain(words);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect([code, stdout]).toEqual([3, '']);
    }
    taken.close();
  });

  it('answers for an audit from the store when no service is asked', async () => {
    const { json } = await line.run('status', '--config', 'audit.yaml', '--json');
    expect(json['audits']).toEqual([expect.objectContaining({ name: 'people', state: 'completed' })]);
  });
});
