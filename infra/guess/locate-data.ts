import { loadConfig } from '../config/load-config.ts';
import { ensureSample } from '../setup/samples.ts';

const SAMPLE = 'sample:';

export interface LocatedData {
  /** What the readers open. */
  readonly location: string;
  /** Name of an audit of it. */
  readonly name: string;
}

/**
 * Where data named on the command line lies: a file, a pattern, an s3:// address or `sample:NAME`, as `run` would find it.
 * @throws ConfigError when there is none, SetupError when a sample cannot be had.
 */
export async function locateData(data: string, say: (line: string) => void): Promise<LocatedData> {
  if (data.startsWith(SAMPLE)) return { location: await ensureSample(data.slice(SAMPLE.length), { say }), name: data.slice(SAMPLE.length) };
  const { location, audit } = await loadConfig({ file: data, settings: [], seed: null, backend: null, environment: process.env, folder: process.cwd() });
  return { location, name: audit.name };
}
