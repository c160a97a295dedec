import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import type { AuditConfig } from '../../activities/audit-config.ts';
import { typed } from '../cli/invocation.ts';
import { SAMPLES } from '../setup/samples.ts';
import type { StoreConfig } from '../store/open-store.ts';
import type { TemporalConfig } from '../temporal/connect.ts';
import { refuseConflicts } from './conflicts.ts';
import { pathsOf } from '../readers/find-sources.ts';
import { writeS3Address } from '../readers/s3-address.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { applyEnvironment, applyFlag, applySettings, layersOfYaml, type Layers } from './layers.ts';
import { refuseWhatIsNotBuilt } from './not-built.ts';
import type { FileConfig } from './schema.ts';
import { validate } from './validate.ts';

export interface LoadedConfig {
  readonly audit: AuditConfig;
  readonly store: StoreConfig;
  readonly temporal: TemporalConfig;
  /** Absolute path or pattern of the data, `sample:NAME`, or the address of objects with their server. */
  readonly location: string;
  /** Everything as it stands after all layers, for --print-config. */
  readonly resolved: FileConfig;
}

export interface ConfigSource {
  /** An audit.yaml or a data file; `audit.yaml` of the folder when there is none. */
  readonly file: string | null;
  /** The configuration itself, in place of a file. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly settings: readonly string[];
  readonly seed: number | null;
  readonly backend: string | null;
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
}

const CONFIG_FILE = /\.ya?ml$/i;

async function readLayers({ file, values, folder }: ConfigSource): Promise<{ layers: Layers; base: string }> {
  if (values !== undefined) return { layers: { values: structuredClone(values), origins: new Map() }, base: folder };
  const path = resolve(folder, file ?? 'audit.yaml');
  if (file !== null && !CONFIG_FILE.test(file)) {
    const layers: Layers = { values: { data: { path: file } }, origins: new Map() };
    layers.origins.set('data.path', { kind: 'argument' });
    return { layers, base: folder };
  }
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new ConfigError([{ code: 'unreadable', path: '', origin: null, message: unreadable(path, file, (error as NodeJS.ErrnoException).code) }]);
  }
  return { layers: layersOfYaml(textOf(bytes, path), file ?? 'audit.yaml'), base: dirname(path) };
}

/** A configuration that is not there is one to be made, or a slip of the pen. */
function unreadable(path: string, file: string | null, code: string | undefined): string {
  const make = `${typed('init people.csv')} writes one from a data file`;
  if (code !== 'ENOENT') return `cannot read ${path} (${code}); expected a configuration, a text file in YAML`;
  return file === null ? `there is no audit.yaml in ${dirname(path)}: name a configuration or a data file, such as ${typed('run people.csv')}; ${make}`
    : `there is no configuration ${path}: check its name; ${make}`;
}

/** @throws ConfigError with the line of the first bytes that are not UTF-8. */
function textOf(bytes: Buffer, path: string): string {
  if (isUtf8(bytes)) return bytes.toString().replace(/^\ufeff/, '');
  const line = bytes.toString().split('\n').findIndex((text) => text.includes('\ufffd')) + 1;
  throw new ConfigError([{ code: 'unreadable', path: '', origin: { kind: 'file', file: path, line, column: 1 }, message: 'found bytes that are not UTF-8, expected a UTF-8 text; save the configuration as UTF-8' }]);
}

interface Where {
  readonly base: string;
  readonly layers: Layers;
  readonly store: FileConfig['store'];
  readonly environment: NodeJS.ProcessEnv;
}

/** An absolute path or pattern that names a file at least, the address of objects with their server, or `sample:NAME`. */
async function locate(path: string, { base, layers, store, environment }: Where): Promise<string> {
  if (path.startsWith('sample:')) return path;
  const origin = layers.origins.get('data.path') ?? null, isArgument = origin?.kind === 'argument';
  const refuse = (code: ConfigProblem['code'], message: string): ConfigError => new ConfigError([{ code, path: 'data.path', origin, message }]);
  if (/^s3:/i.test(path)) {
    const location = locateObject(path, store, environment);
    if (location === null) throw refuse('unreadable', `data.path ${path} is no address of an object: expected s3://BUCKET/KEY, where the key may be a pattern such as data/part-*.parquet`);
    return location;
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) throw refuse('unreadable', `data.path ${path}: data is read from files and from s3:// addresses; download it, or put it into a bucket`);
  const location = resolve(base, path);
  const [first] = await pathsOf(location);
  if (first === undefined) throw refuse('unreadable', `cannot read the data: no file matches ${location}; check ${isArgument ? 'the pattern' : 'data.path'} (* stands for any name, ** for any folders)`);
  const found = await stat(first).catch(() => null);
  if (found === null) throw refuse('unreadable', `cannot read the data ${location}: there is no such file; ${isArgument ? argumentCure(path) : 'check data.path'}`);
  if (!found.isFile()) throw refuse('unreadable', `cannot read the data ${location}: it is no file; name a file${isArgument ? '' : ' in data.path'}, or a pattern such as ${path.replace(/\/$/, '')}/*.csv`);
  return location;
}

function argumentCure(path: string): string {
  return SAMPLES.some(({ name }) => name === path) ? `did you mean the sample data, sample:${path}?` : 'check its name (sample data is named like sample:hiring)';
}

/** The server is the one of an S3 store in the configuration, else AWS_ENDPOINT_URL's, else Amazon's of the region. Null when the path names no object. */
function locateObject(path: string, store: FileConfig['store'], environment: NodeJS.ProcessEnv): string | null {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/is.exec(path) ?? [];
  if (bucket === undefined || key === undefined) return null;
  const region = (store.kind === 's3' ? store.region : undefined) ?? environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? null;
  const given = store.kind === 's3' ? store.endpoint : environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'];
  return writeS3Address({ bucket, key, endpoint: given ?? `https://s3.${region ?? 'us-east-1'}.amazonaws.com`, region });
}

function defaultName(path: string): string {
  const plain = path.replace(/^sample:/, '').replace(/\.gz$/i, '');
  const stem = basename(plain, extname(plain)).replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[.-]+|-+$/g, '');
  return stem === '' ? 'audit' : stem;
}

type Place = Pick<LoadedConfig, 'store' | 'temporal'>;

/** Where results and the Temporal service are. Order for the address: flag, PENUMBRA_, TEMPORAL_, file, embedded. */
function placeOf({ store, temporal }: FileConfig, layers: Layers, base: string, { folder, environment }: ConfigSource): Place {
  const ours = ['flag', 'environment'].includes(layers.origins.get('temporal.address')?.kind ?? '');
  const storeBase = layers.origins.get('store.path')?.kind === 'file' ? base : folder;
  return {
    store: store.kind === 'dir' ? { kind: 'dir', path: resolve(storeBase, store.path) } : store as StoreConfig,
    temporal: {
      address: (ours ? temporal.address : environment['TEMPORAL_ADDRESS'] ?? temporal.address) ?? null,
      namespace: layers.origins.has('temporal.namespace') ? temporal.namespace : environment['TEMPORAL_NAMESPACE'] ?? temporal.namespace,
    },
  };
}

async function layersOf(source: ConfigSource): Promise<{ layers: Layers; base: string }> {
  const { layers, base } = await readLayers(source);
  applyEnvironment(layers, source.environment);
  applySettings(layers, source.settings);
  if (source.seed !== null) applyFlag(layers, 'seed', source.seed, '--seed');
  if (source.backend !== null) applyFlag(layers, 'backend', source.backend, '--backend');
  return { layers, base };
}

/** Order: defaults < file < environment < flags. @throws ConfigError with the place of each problem. */
export async function loadConfig(source: ConfigSource): Promise<LoadedConfig> {
  const { layers, base } = await layersOf(source);
  const config = validate(layers);
  refuseWhatIsNotBuilt(config, layers);
  refuseConflicts(config, layers);
  const location = await locate(config.data.path, { base, layers, store: config.store, environment: source.environment });
  const { name = defaultName(config.data.path), data, store: _, temporal: __, ...rest } = config;
  // What the schema allows and is not built was refused above; the rest is what the audit's type says.
  const audit = { ...rest, name, data } as AuditConfig;
  return { audit, location, resolved: config, ...placeOf(config, layers, base, source) };
}

/** For the commands that need no data: where results and the Temporal service are, from a configuration if one is named, the environment and flags. */
export async function loadPlace(source: ConfigSource): Promise<Place> {
  const none: Layers = { values: {}, origins: new Map() };
  const { layers, base } = source.file === null ? { layers: none, base: source.folder } : await readLayers(source);
  applyEnvironment(layers, source.environment);
  applySettings(layers, source.settings);
  layers.values['data'] = { path: 'none' };
  return placeOf(validate(layers), layers, base, source);
}
