import type { NativeConnectionOptions } from '@temporalio/worker';
import type { Command } from 'commander';
import { ConnectError, connectionOptions } from '../../temporal/connect.ts';
import { DEFAULT_QUEUES } from '../../temporal/queues.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { devicesOf, queuesOf } from '../served-queues.ts';
import { placeOfOptions, withPlace, type PlaceOptions } from '../place-options.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

interface WorkerCommandOptions extends PlaceOptions {
  readonly queues: string;
  readonly slots?: string;
  readonly device?: string;
}

async function worker(options: WorkerCommandOptions, output: Output): Promise<number> {
  const serve = queuesOf(options.queues), devices = devicesOf(options.device, serve);
  if (options.slots !== undefined && !/^[1-9]\d{0,3}$/.test(options.slots)) throw new UsageError(`--slots is ${options.slots}: expected a whole number from 1`);
  const { store, temporal } = await placeOfOptions(options);
  if (temporal.address === null) {
    throw new UsageError('a worker serves a Temporal service: name it with TEMPORAL_ADDRESS or --set temporal.address=HOST:PORT (a single machine needs none: run starts its own)');
  }
  const { address, namespace } = temporal;
  // Temporal's native worker takes a while to load: no other command pays for it.
  const [{ NativeConnection }, { installRuntime, startWorkers }] = await Promise.all([import('@temporalio/worker'), import('../../temporal/start-workers.ts')]);
  installRuntime(output.warn);
  const connection = await NativeConnection.connect(connectionOptions(address) as NativeConnectionOptions).catch((error: unknown) => {
    throw new ConnectError(`no Temporal service answers at ${address}: ${(error as Error).message}; check TEMPORAL_ADDRESS`, { cause: error });
  });
  const workers = await startWorkers({ connection, namespace, queues: DEFAULT_QUEUES, serve, store, devices, ...(options.slots === undefined ? {} : { slots: Number(options.slots) }) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => workers.stop());
  output.event({ event: 'serving', address, namespace, queues: serve, devices });
  output.say(`serving ${serve.join(', ')} of ${namespace} at ${address}; Ctrl-C hands back what is under way and ends`);
  await workers.done;
  await connection.close();
  output.result({ event: 'ended' }, '');
  return EXIT.done;
}

export function addWorker(program: Command, act: Act): void {
  withPlace(program.command('worker').description('serve an installation: compute what its audits need'))
    .option('--queues <list>', 'what this machine serves: workflow, cpu, gpu', 'workflow,cpu')
    .option('--slots <n>', 'stages computed at once (default: cores)')
    .option('--device <list>', 'GPUs of the gpu queue by index, one stage at a time each (default: all)')
    .addHelpText('after', '\nExample:\n  TEMPORAL_ADDRESS=temporal.example:7233 penumbra worker --queues cpu --config audit.yaml')
    .action((options: WorkerCommandOptions) => act((output) => worker(options, output)));
}
