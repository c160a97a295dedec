import { Option, type Command } from 'commander';
import { loadPlace } from '../config/load-config.ts';
import { servedPlace } from '../schedule/served-place.ts';
import type { Place } from '../temporal/session.ts';

export interface PlaceOptions {
  readonly config?: string;
  readonly set: readonly string[];
}

export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Options of the commands that look for an audit: where its store and Temporal service are. */
export function withPlace(command: Command): Command {
  return command
    .option('--config <file>', 'audit.yaml that names the store and the Temporal service')
    .addOption(new Option('--set <path=value>', 'set a configuration key, such as store.path=/data/penumbra').argParser(collect).default([], 'none'));
}

/** As it is configured. */
export function configuredPlace({ config, set }: PlaceOptions): Promise<Place> {
  return loadPlace({ file: config ?? null, settings: set, seed: null, backend: null, environment: process.env, folder: process.cwd() });
}

/** Where the audits are: beside a running `serve` of the configured folder, the store that it has. */
export async function placeOfOptions(options: PlaceOptions): Promise<Place> {
  return servedPlace(await configuredPlace(options));
}
