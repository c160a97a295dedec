import { availableParallelism } from 'node:os';
import { DefaultLogger, Runtime, Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { Queues } from '../../workflows/types.ts';
import { createFinish } from '../results/finish-audit.ts';
import { createNightlyActivities } from '../schedule/nightly-activities.ts';
import { openStore, type StoreConfig } from '../store/open-store.ts';
import { gpuDevices } from '../trainer/gpu-devices.ts';
import { ProcessPool } from '../trainer/process-pool.ts';
import type { ListenAddress } from './health-server.ts';
import { dataConverterFrom } from './payload-codec.ts';
import { createStageActivities } from './stage-activities.ts';
import { pinned } from './worker-version.ts';
import { workflowBundlePath } from './workflow-bundle.ts';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly queues: Queues;
  readonly serve: readonly ('workflow' | 'cpu' | 'gpu')[];
  readonly store: StoreConfig;
  /** Stages computed at once; as many as there are cores by default. */
  readonly slots?: number;
  /** GPUs by index that the gpu queue's stages run on, one slot each; all of this machine by default. */
  readonly devices?: readonly number[];
  /** Whether audits stay on the version of the sources that they began on; a host of its own store has no other worker to leave them to. */
  readonly versioned?: boolean;
}

export interface Workers {
  /** Resolves when all have stopped, rejects when one fails. */
  readonly done: Promise<void>;
  readonly pool: ProcessPool;
  /** Whether every one of them takes work. */
  readonly ready: () => boolean;
  stop(): void;
}

/** Workers of stages alone have no workflows. */
const EXPECTED = /^No workflows registered/;

/** Quiet but for warnings, with Prometheus metrics where they are asked for; call once before anything else of the SDK. */
export function installRuntime(log: (line: string) => void, metrics: ListenAddress | null = null): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      if (!EXPECTED.test(message)) log(`${level} ${message} ${meta === undefined ? '' : JSON.stringify(meta)}`);
    }),
    telemetryOptions: {
      logging: { filter: 'ERROR', forward: {} },
      ...(metrics === null ? {} : { metrics: { prometheus: { bindAddress: `${metrics.host.includes(':') ? `[${metrics.host}]` : metrics.host}:${metrics.port}`, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true } } }),
    },
    shutdownSignals: [],
  });
}

/** Starts the workers of this machine for the queues it serves: workflows and the last activity on one, stages on the second, stages that have a GPU on the third. */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, namespace, queues, serve } = options;
  const slots = options.slots ?? availableParallelism(), pool = new ProcessPool({ store: options.store, slots });
  const devices = options.devices ?? gpuDevices().map(({ index }) => index);
  const gpuPool = serve.includes('gpu') ? new ProcessPool({ store: options.store, slots: devices.length, devices }) : null;
  const common = {
    connection, namespace, shutdownGraceTime: '5 seconds', shutdownForceTime: '30 seconds',
    maxHeartbeatThrottleInterval: '1 second', defaultHeartbeatThrottleInterval: '1 second',
    ...dataConverterFrom(), ...(options.versioned === true ? { workerDeploymentOptions: pinned() } : {}),
  } satisfies Partial<WorkerOptions>;
  const workers: Worker[] = [];
  if (serve.includes('workflow')) {
    workers.push(await Worker.create({
      ...common, taskQueue: queues.workflow, workflowBundle: { codePath: await workflowBundlePath() },
      activities: { ...createFinish(await openStore(options.store)), ...createNightlyActivities(options.store) }, maxCachedWorkflows: 50,
    }));
  }
  if (serve.includes('cpu')) {
    workers.push(await Worker.create({
      ...common, taskQueue: queues.cpu, activities: { ...createStageActivities(pool) },
      maxConcurrentActivityTaskExecutions: slots,
    }));
  }
  if (gpuPool !== null) {
    workers.push(await Worker.create({
      ...common, taskQueue: queues.gpu, activities: { ...createStageActivities(gpuPool) }, maxConcurrentActivityTaskExecutions: devices.length,
    }));
  }
  const stop = (): void => { for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown(); };
  const done = Promise.all(workers.map((worker) => worker.run().catch((error: unknown) => { stop(); throw error; })))
    .then(() => {}).finally(() => { pool.close(); gpuPool?.close(); });
  return { done, pool, ready: () => workers.every((worker) => worker.getState() === 'RUNNING'), stop };
}
