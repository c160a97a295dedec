import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { queuesOf } from '../../../infra/cli/served-queues.ts';
import { DEPLOY, documentsOf } from './manifests.ts';

const service = z.object({
  image: z.string().regex(/^[\w./-]+:(?!latest$)\d[\w.-]*$/, 'an image has a version, and not latest'),
  cap_drop: z.tuple([z.literal('ALL')]), cap_add: z.never().optional(), privileged: z.never().optional(), network_mode: z.never().optional(), pid: z.never().optional(),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  mem_limit: z.string(), cpus: z.number(),
  ports: z.array(z.string().startsWith('127.0.0.1:', 'ports are open on loopback alone')).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.enum(['service_healthy', 'service_completed_successfully']) })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  command: z.union([z.string(), z.array(z.string())]).optional(),
  user: z.string().optional(), read_only: z.boolean().optional(), stop_grace_period: z.string().optional(), restart: z.string().optional(),
});
const file = z.object({ services: z.record(z.string(), z.unknown()), volumes: z.record(z.string(), z.unknown()), configs: z.record(z.string(), z.object({ content: z.string() })) });

const [document] = documentsOf('compose.yaml'), compose = file.parse(document);
const services = Object.entries(compose.services).map(([name, content]) => ({ name, ...service.parse(content) }));
const byName = new Map(services.map((each) => [each.name, each]));

describe('compose.yaml', () => {
  it('every service is pinned, limited, without capabilities, and open on loopback at most', () => {
    expect(services.map(({ name }) => name)).toEqual(['postgres', 'temporal-schema', 'temporal', 'temporal-namespace', 'temporal-ui', 's3', 's3-bucket', 'worker', 'worker-gpu', 'cli']);
    const { ports: _, ...closed } = byName.get('temporal')!;
    expect(service.safeParse({ ...closed, ports: ['7233:7233'] }).success).toBe(false);
    expect(service.safeParse({ ...closed, image: 'temporalio/server:latest' }).success).toBe(false);
  });

  it('what is of Penumbra runs as nobody on a read-only file system', () => {
    for (const name of ['worker', 'worker-gpu', 'cli']) expect(byName.get(name)).toMatchObject({ user: '10001:10001', read_only: true });
  });

  it('workers serve queues that there are, and have the time to hand back what is under way', () => {
    const workers = services.filter(({ command }) => Array.isArray(command) && command[0] === 'worker');
    expect(workers.flatMap(({ command }) => queuesOf(command![2]!)).sort()).toEqual(['cpu', 'gpu', 'workflow']);
    for (const { stop_grace_period: grace } of workers) expect(Number(/^(\d+)s$/.exec(grace!)![1])).toBeGreaterThan(30);
  });

  it('starts a second time: what is set up once asks first, and nothing tells others of the installation', () => {
    expect(byName.get('s3-bucket')!.command).toEqual([expect.stringMatching(/^echo s3\.bucket\.list \|.* grep -qw penumbra \|\| echo 's3\.bucket\.create -name penumbra' \|/)]);
    expect(byName.get('temporal-namespace')!.command).toEqual([expect.stringMatching(/ describe -n default \|\| .* create -n default /)]);
    expect(byName.get('s3')!.command).toContain('-master.telemetry=false');
    expect(byName.get('temporal')!.environment['TEMPORAL_VERSION_CHECK_DISABLED']).toBe('1');
  });

  it('services wait for those that there are, and for health only where it is asked', () => {
    for (const { depends_on: needs } of services) {
      for (const [name, { condition }] of Object.entries(needs)) {
        const needed = byName.get(name)!;
        expect(condition === 'service_healthy' ? needed.healthcheck !== undefined : needed.restart?.startsWith('on-failure'), name).toBe(true);
      }
    }
  });

  it('holds no secret: each comes from the environment and is named in env.example, without a value', () => {
    const text = JSON.stringify(document), names = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
    expect([...names].sort()).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'POSTGRES_PASSWORD']);
    const example = readFileSync(join(DEPLOY, 'env.example'), 'utf8');
    for (const name of names) expect(example).toMatch(new RegExp(`^${name}=$`, 'm'));
    const secrets = services.flatMap(({ environment }) => Object.entries(environment)).filter(([key]) => /PASSWORD|PWD|SECRET|_KEY/.test(key));
    expect(secrets.length).toBeGreaterThan(4);
    for (const [key, value] of secrets) expect(value, key).toMatch(/^\$\{\w+:\?/);
  });

  it('the S3 identities are JSON once the environment is filled in', () => {
    const filled = compose.configs['s3-identities']!.content.replaceAll(/\$\{\w+:\?[^}]*\}/g, 'x');
    expect(JSON.parse(filled)).toMatchObject({ identities: [{ name: 'penumbra', credentials: [{ accessKey: 'x', secretKey: 'x' }] }] });
  });
});
