import { isUnreadName, READ_EXTENSIONS } from '../readers/file-format.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { Layers } from './layers.ts';
import type { FileConfig } from './schema.ts';

const BUILT_KINDS = ['vae', 'beta-vae', 'ae'];
/** Choices that can come to be the tensorflow backend. */
const TENSORFLOW_CHOICES: ReadonlySet<string> = new Set(['auto', 'tensorflow']);
const BUILT_DENSITIES = ['auto', 'histogram', 'gmm'];

/** What the contract names and this version does not have; said before anything starts, never taken for something else. */
function missingParts(config: FileConfig): readonly (readonly [path: string, message: string])[] {
  const { data, model, debias, backend, report } = config;
  const found: [string, string][] = [];
  const keep = (wrong: boolean, path: string, message: string): void => { if (wrong) found.push([path, message]); };
  keep(!BUILT_KINDS.includes(model.kind), 'model.kind', `the ${model.kind} network is not built yet; there are: ${BUILT_KINDS.join(', ')}`);
  keep(model.precision !== 'float32' && !TENSORFLOW_CHOICES.has(backend), 'model.precision', `${model.precision} is multiplied by the tensorflow backend, not by ${backend}: set backend to auto or tensorflow, or model.precision to float32`);
  keep(!BUILT_DENSITIES.includes(debias.density), 'debias.density', `the ${debias.density} density is not built yet; there are: ${BUILT_DENSITIES.join(', ')}`);
  keep(model.device === 'gpu' && !TENSORFLOW_CHOICES.has(backend), 'model.device', `gpu computes with the tensorflow backend, not with ${backend}: set backend to auto or tensorflow, or model.device to cpu`);
  keep(report.regulators.length > 0, 'report.regulators', 'regulators\' forms are not built yet; leave the list empty');
  for (const key of ['window', 'stride', 'timeUnit', 'table'] as const) {
    keep(data[key] !== undefined, `data.${key}`, `${key} belongs to sequences and pictures, which are not built yet`);
  }
  const sample = data.path.startsWith('sample:');
  keep(!sample && isUnreadName(data.path), 'data.path', `${data.path} cannot be read: there are readers for ${READ_EXTENSIONS}, each also with .gz; export it as CSV or Parquet`);
  return found;
}

/** @throws ConfigError `not-built`. */
export function refuseWhatIsNotBuilt(config: FileConfig, layers: Layers): void {
  const problems = missingParts(config).map(([path, message]): ConfigProblem => ({ code: 'not-built', path, origin: layers.origins.get(path) ?? null, message }));
  if (problems.length > 0) throw new ConfigError(problems);
}
