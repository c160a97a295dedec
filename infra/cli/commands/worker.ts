import type { Client } from '@temporalio/client';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { Command } from 'commander';
import { openStore } from '../../store/open-store.ts';
import { checkService } from '../../temporal/check-service.ts';
import { ConnectError, connectClient, connectionOptions } from '../../temporal/connect.ts';
import { checkPort, startHealthServer, type ListenAddress } from '../../temporal/health-server.ts';
import { DEFAULT_QUEUES } from '../../temporal/queues.ts';
import { buildId, offerVersion } from '../../temporal/worker-version.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { listenAddress } from '../listen-address.ts';
import type { Output } from '../output.ts';
import { devicesOf, queuesOf } from '../served-queues.ts';
import { configuredPlace, withPlace, type PlaceOptions } from '../place-options.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

interface WorkerCommandOptions extends PlaceOptions {
  readonly queues: string;
  readonly slots?: string;
  readonly device?: string;
  readonly health?: string;
  readonly metrics?: string;
  readonly takeOver?: boolean;
}

/** A flag, or the environment variable for it. */
function addressOf(flag: '--health' | '--metrics', given: string | undefined): ListenAddress | null {
  const text = given ?? process.env[flag === '--health' ? 'PENUMBRA_WORKER_HEALTH' : 'PENUMBRA_WORKER_METRICS'];
  return text === undefined || text === '' ? null : listenAddress(text, flag);
}

async function worker(options: WorkerCommandOptions, output: Output): Promise<number> {
  const serve = queuesOf(options.queues), devices = devicesOf(options.device, serve);
  if (options.slots !== undefined && !/^[1-9]\d{0,3}$/.test(options.slots)) throw new UsageError(`--slots is ${options.slots}: expected a whole number from 1`);
  const { store, temporal } = await configuredPlace(options);
  if (temporal.address === null) {
    throw new UsageError('a worker serves a Temporal service: name it with TEMPORAL_ADDRESS or --set temporal.address=HOST:PORT (a single machine needs none: run starts its own)');
  }
  const { address, namespace } = temporal, health = addressOf('--health', options.health), metrics = addressOf('--metrics', options.metrics);
  if (health !== null) await checkPort(health, '--health');
  if (metrics !== null) await checkPort(metrics, '--metrics');
  // What this machine lacks is said before it takes any work.
  await openStore(store);
  const client = await connectClient(address, namespace);
  await checkService(client, address, namespace);
  // Temporal's native worker takes a while to load: no other command pays for it.
  const [{ NativeConnection }, { installRuntime, startWorkers }] = await Promise.all([import('@temporalio/worker'), import('../../temporal/start-workers.ts')]);
  installRuntime(output.warn, metrics);
  const connection = await NativeConnection.connect(connectionOptions(address) as NativeConnectionOptions).catch((error: unknown) => {
    throw new ConnectError(`no Temporal service answers at ${address}: ${(error as Error).message}; check TEMPORAL_ADDRESS`, { cause: error });
  });
  const workers = await startWorkers({ connection, namespace, queues: DEFAULT_QUEUES, serve, store, devices, versioned: true, ...(options.slots === undefined ? {} : { slots: Number(options.slots) }) });
  const healthServer = health === null ? null : await startHealthServer(health, workers.ready);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => workers.stop());
  output.event({ event: 'serving', address, namespace, queues: serve, devices, build: buildId() });
  output.say(`serving ${serve.join(', ')} of ${namespace} at ${address} as version ${buildId()}; Ctrl-C hands back what is under way and ends`);
  const stopped = new AbortController(), announced = announceVersion(client, options.takeOver === true, stopped.signal, output);
  await workers.done.finally(() => stopped.abort());
  await announced;
  healthServer?.close();
  await connection.close();
  await client.connection.close();
  output.result({ event: 'ended' }, '');
  return EXIT.done;
}

/** Says which version new audits begin on; the first worker of an installation offers its own. */
async function announceVersion(client: Client, takeOver: boolean, stopped: AbortSignal, output: Output): Promise<void> {
  const current = await offerVersion(client, takeOver, stopped).catch((error: unknown) => { output.warn(`the service did not take this version as current: ${String(error)}`); return null; });
  if (current !== null && current !== buildId()) output.warn(`new audits begin on version ${current}, this worker is ${buildId()}: start one with --take-over to move them here; those under way end where they began`);
}

export function addWorker(program: Command, act: Act): void {
  withPlace(program.command('worker').description('serve an installation: compute what its audits need'))
    .option('--queues <list>', 'what this machine serves: workflow, cpu, gpu', 'workflow,cpu')
    .option('--slots <n>', 'stages computed at once (default: cores)')
    .option('--device <list>', 'GPUs of the gpu queue by index, one stage at a time each (default: all)')
    .option('--take-over', 'let new audits begin on the version of this worker')
    .option('--health <address>', 'answer /health/live and /health/ready there: PORT or HOST:PORT (or PENUMBRA_WORKER_HEALTH)')
    .option('--metrics <address>', 'Prometheus metrics there: PORT or HOST:PORT (or PENUMBRA_WORKER_METRICS)')
    .addHelpText('after', '\nExample:\n  TEMPORAL_ADDRESS=temporal.example:7233 penumbra worker --queues cpu --config audit.yaml')
    .action((options: WorkerCommandOptions) => act((output) => worker(options, output)));
}
