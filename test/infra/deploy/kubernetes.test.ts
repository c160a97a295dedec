import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { queuesOf } from '../../../infra/cli/served-queues.ts';
import { KNOWN_KEYS } from '../../../infra/config/schema.ts';
import { DEFAULT_QUEUES } from '../../../infra/temporal/queues.ts';
import { DEPLOY, manifests, yamlFiles } from './manifests.ts';

const pinned = z.string().regex(/^[\w./-]+:(?!latest$)[\w][\w.-]*$/, 'an image has a tag, and not latest');
const amount = z.string();

const container = z.object({
  image: pinned,
  args: z.tuple([z.literal('worker'), z.literal('--queues'), z.string()], z.string()),
  securityContext: z.strictObject({ allowPrivilegeEscalation: z.literal(false), readOnlyRootFilesystem: z.literal(true), capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }) }),
  resources: z.object({ requests: z.object({ cpu: amount, memory: amount, 'ephemeral-storage': amount }), limits: z.record(z.string(), amount).refine((limits) => 'memory' in limits && 'ephemeral-storage' in limits) }),
  volumeMounts: z.tuple([z.object({ mountPath: z.literal('/tmp') })], z.unknown()),
  livenessProbe: z.object({ httpGet: z.strictObject({ path: z.literal('/health/live'), port: z.literal('health') }) }),
  readinessProbe: z.object({ httpGet: z.strictObject({ path: z.literal('/health/ready'), port: z.literal('health') }) }),
  ports: z.array(z.strictObject({ name: z.enum(['health', 'metrics']), containerPort: z.int().min(1024) })).length(2),
  env: z.array(z.strictObject({ name: z.enum(['PENUMBRA_WORKER_HEALTH', 'PENUMBRA_WORKER_METRICS']), value: z.string() })).length(2),
});

/** What the strictest pod security profile asks, and what Penumbra asks besides. */
const deployment = z.object({
  spec: z.object({
    replicas: z.int().min(1).optional(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({
        automountServiceAccountToken: z.literal(false), serviceAccountName: z.string(), terminationGracePeriodSeconds: z.int(),
        hostNetwork: z.never().optional(), hostPID: z.never().optional(), hostIPC: z.never().optional(), initContainers: z.never().optional(),
        securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.int().min(10_000), runAsGroup: z.int().min(10_000), seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }) }),
        containers: z.array(container).length(1),
        volumes: z.array(z.strictObject({ name: z.string(), emptyDir: z.object({ sizeLimit: amount }) })),
      }),
    }),
  }),
});

const scaledObject = z.object({
  spec: z.object({
    scaleTargetRef: z.strictObject({ name: z.string() }), minReplicaCount: z.int().min(0), maxReplicaCount: z.int().min(1), cooldownPeriod: z.int().min(600),
    triggers: z.array(z.object({ type: z.literal('temporal'), metadata: z.object({ endpointFromEnv: z.literal('TEMPORAL_ADDRESS'), taskQueue: z.string(), queueTypes: z.literal('activity'), workerDeploymentName: z.literal('penumbra'), targetQueueSize: z.string().regex(/^[1-9]\d*$/) }) })).length(1),
  }),
});

const kustomization = z.object({ configurations: z.array(z.string()).default([]), resources: z.array(z.string()).default([]), components: z.array(z.string()).default([]), configMapGenerator: z.array(z.object({ literals: z.array(z.string()) })).default([]) });

const all = manifests();
const deployments = all.filter(({ kind }) => kind === 'Deployment').map(({ name, content }) => ({ name, ...deployment.parse(content) }));
const queueOf = (name: string): string => deployments.find((each) => each.name === name)!.spec.template.spec.containers[0]!.args[2];

/** Seconds within which a worker that was told to stop has ended. */
function shutdownSeconds(): number {
  const source = readFileSync(join(DEPLOY, '../temporal/start-workers.ts'), 'utf8');
  return Number(/shutdownForceTime: '(\d+) seconds'/.exec(source)![1]);
}

describe('Kubernetes manifests', () => {
  it('run workers of each queue as nobody, on a read-only file system, without privileges', () => {
    expect(deployments.map(({ name }) => name).sort()).toEqual(['penumbra-worker-cpu', 'penumbra-worker-gpu', 'penumbra-worker-workflow']);
    expect(deployments.flatMap(({ name }) => queuesOf(queueOf(name))).sort()).toEqual(['cpu', 'gpu', 'workflow']);
  });

  it('a looser manifest is refused', () => {
    const { content } = all.find(({ kind }) => kind === 'Deployment')!;
    const text = JSON.stringify(content);
    for (const [from, to] of [['"readOnlyRootFilesystem":true', '"readOnlyRootFilesystem":false'], ['"drop":["ALL"]', '"drop":[]'], ['"runAsNonRoot":true', '"runAsNonRoot":false'], [':0.1.0-cuda', ':latest'], ['"emptyDir"', '"hostPath"']] as const) {
      expect(text).toContain(from);
      expect(deployment.safeParse(JSON.parse(text.replace(from, to))).success).toBe(false);
    }
  });

  it('a pod outlives the worker\'s own shutdown, and is selected by the labels it has', () => {
    for (const { spec } of deployments) {
      expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(2 * shutdownSeconds());
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    }
  });

  it('probes and metrics ask where the worker answers', () => {
    for (const { spec } of deployments) {
      const { ports, env } = spec.template.spec.containers[0]!;
      expect(env.map(({ value }) => value)).toEqual(['health', 'metrics'].map((name) => `0.0.0.0:${ports.find((port) => port.name === name)!.containerPort}`));
    }
  });

  it('GPU workers ask for one GPU, and nobody else does', () => {
    expect(deployments.filter(({ spec }) => spec.template.spec.containers[0]!.resources.limits['nvidia.com/gpu'] === '1').map(({ name }) => name)).toEqual(['penumbra-worker-gpu']);
  });

  it('replicas follow the backlog of the queue that their workers serve', () => {
    const scaled = all.filter(({ kind }) => kind === 'ScaledObject').map(({ content }) => scaledObject.parse(content).spec);
    expect(scaled.map(({ scaleTargetRef }) => scaleTargetRef.name).sort()).toEqual(['penumbra-worker-cpu', 'penumbra-worker-gpu']);
    for (const { scaleTargetRef: { name }, triggers: [trigger] } of scaled) expect(trigger!.metadata.taskQueue).toBe(DEFAULT_QUEUES[queueOf(name) as keyof typeof DEFAULT_QUEUES]);
  });

  it('hold no secret, and name only keys that the configuration has', () => {
    expect(all.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const literals = all.filter(({ kind }) => kind === 'Kustomization').flatMap(({ content }) => kustomization.parse(content).configMapGenerator).flatMap((each) => each.literals);
    const known = new Set(Object.entries(KNOWN_KEYS).flatMap(([section, keys]) => keys.map((key) => `PENUMBRA_${section === '' ? '' : `${section}_`}${key}`.toUpperCase())));
    expect(literals.length).toBeGreaterThan(3);
    for (const literal of literals) {
      const [key = ''] = literal.split('=');
      expect(known.has(key) || ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE'].includes(key), key).toBe(true);
    }
  });

  it('every file is part of a kustomization, and every part is there', () => {
    const named = all.filter(({ kind }) => kind === 'Kustomization' || kind === 'Component').flatMap(({ file, content }) => {
      const { resources, components, configurations } = kustomization.parse(content);
      return [file, ...[...resources, ...components, ...configurations].map((part) => normalize(join(dirname(file), part.endsWith('.yaml') ? part : join(part, 'kustomization.yaml'))))];
    });
    expect([...new Set(named)].sort()).toEqual(yamlFiles().filter((file) => file.startsWith('kubernetes/')));
  });

  it.skipIf(spawnSync('kubectl', ['kustomize', '--help']).status !== 0)('kustomize builds the examples, the version with every component', () => {
    const folder = mkdtempSync(join(tmpdir(), 'penumbra-deploy-')), path = join(folder, 'kubernetes/example/version/kustomization.yaml');
    const build = (part: string): string => execFileSync('kubectl', ['kustomize', join(folder, 'kubernetes/example', part)], { encoding: 'utf8' });
    const kinds = (text: string): readonly string[] => text.match(/(?<=^kind: ).*$/gm)!.sort();
    try {
      cpSync(join(DEPLOY, 'kubernetes'), join(folder, 'kubernetes'), { recursive: true });
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^ {2}# - /gm, '  - '));
      const version = build('version');
      expect(kinds(build('installation'))).toEqual(['ConfigMap', 'Namespace', 'NetworkPolicy', 'ServiceAccount']);
      expect(kinds(version)).toEqual(['Deployment', 'Deployment', 'Deployment', 'PodDisruptionBudget', 'PodDisruptionBudget', 'ScaledObject', 'ScaledObject']);
      expect(version.match(/replicas: \d+/g)).toEqual(['replicas: 2']);
      // Two versions stand side by side: names, selectors and backlogs are each version's own.
      expect(version.match(/name: penumbra-worker-(?:cpu|gpu|workflow)$/gm)).toBeNull();
      expect(version.match(/(?<=app\.kubernetes\.io\/version: ).*/g)!.length).toBeGreaterThanOrEqual(9);
      expect(version.match(/workerDeploymentBuildId: \S+/g)).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
