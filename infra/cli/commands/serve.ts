import { Option, type Command } from 'commander';
import { EXIT, UsageError } from '../exit-codes.ts';
import { typed } from '../invocation.ts';
import type { Output } from '../output.ts';
import { configuredPlace, withPlace, type PlaceOptions } from '../place-options.ts';

type Act = (action: (output: Output) => Promise<number>) => Promise<void>;

interface ServeOptions extends PlaceOptions {
  readonly port: string;
  readonly storeKind: 's3' | 'dir';
}

async function serve(options: ServeOptions, output: Output): Promise<number> {
  const port = Number(options.port);
  if (!/^\d{1,5}$/.test(options.port) || port < 1 || port > 65_535) throw new UsageError(`--port is ${options.port}: expected a number from 1 to 65535`);
  const place = await configuredPlace(options);
  if (place.temporal.address !== null) throw new UsageError(`serve starts a Temporal server of its own; ${place.temporal.address} is configured: serve it with ${typed('worker')}, or take the address out`);
  // Temporal's native worker takes a while to load: no other command pays for it.
  const { startInstallation } = await import('../../serve/start-installation.ts');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  const installation = await startInstallation({ place, kind: options.storeKind, port, stop, say: output.say });
  try {
    output.event({ event: 'serving', page: installation.page, temporal: installation.temporal, store: installation.storePlace, environment: installation.environmentFile });
    output.say(`audits: ${installation.page} · Temporal: ${installation.temporal} · store: ${installation.storePlace}`);
    output.say(`in this folder, ${typed('run')} and the other commands use it${installation.environmentFile === null ? '' : `; elsewhere, after: . ${installation.environmentFile}`}`);
    await installation.ended;
  } finally {
    await installation.end();
  }
  output.result({ event: 'ended' }, '');
  return EXIT.done;
}

export function addServe(program: Command, act: Act): void {
  withPlace(program.command('serve').description('Temporal, S3 and a worker for this machine, and a page that lists the audits'))
    .option('--port <n>', 'of the page, on loopback', '8642')
    .addOption(new Option('--store-kind <kind>', 'an S3 server of its own, or the configured folder').choices(['s3', 'dir']).default('s3'))
    .addHelpText('after', '\nExamples:\n  penumbra serve\n  penumbra serve --store-kind dir --port 9000')
    .action((options: ServeOptions) => act((output) => serve(options, output)));
}
