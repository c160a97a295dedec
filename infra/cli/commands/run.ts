import { resolve } from 'node:path';
import { Argument, Option, type Command } from 'commander';
import { stringify } from 'yaml';
import { outputFolder } from '../../../activities/output-folder.ts';
import { STAGES, type StageName } from '../../../activities/types.ts';
import { stageClosure } from '../../../workflows/stage-needs.ts';
import { loadConfig, type LoadedConfig } from '../../config/load-config.ts';
import { nearest } from '../../config/validate.ts';
import { sampleConfig } from '../../setup/sample-config.ts';
import { ensureSample } from '../../setup/samples.ts';
import { servedPlace } from '../../schedule/served-place.ts';
import { openSession } from '../../temporal/session.ts';
import { startAudit } from '../../temporal/start-audit.ts';
import { endOfAudit, type FailOn } from '../end-of-audit.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { followAudit } from '../follow-audit.ts';
import { typed } from '../invocation.ts';
import type { Output } from '../output.ts';
import { collect } from '../place-options.ts';
import { checkWritable } from '../writable-folder.ts';

interface RunOptions {
  readonly out?: string;
  readonly set: readonly string[];
  readonly only?: string;
  readonly backend?: string;
  readonly seed?: string;
  readonly detach?: boolean;
  readonly printConfig?: boolean;
  readonly failOn: FailOn;
}

function stagesOf(only: string | undefined): readonly StageName[] | null {
  if (only === undefined) return null;
  return only.split(',').map((text) => {
    const stage = STAGES.find((name) => name === text.trim());
    if (stage === undefined) {
      const near = nearest(text.trim(), STAGES);
      throw new UsageError(`--only: there is no stage ${text.trim()}${near === null ? '' : `, did you mean ${near}?`}; the stages are: ${STAGES.join(', ')}`);
    }
    return stage;
  });
}

function seedOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--seed is ${text}: expected a whole number from 0`);
  return Number(text);
}

/** Sample data is fetched on first use; a file stays where it is. */
async function dataFile({ location }: LoadedConfig, output: Output): Promise<string> {
  return location.startsWith('sample:') ? ensureSample(location.slice('sample:'.length), { say: output.say }) : location;
}

async function run(file: string | undefined, options: RunOptions, output: Output): Promise<number> {
  const only = stagesOf(options.only);
  const loaded = await loadConfig({
    file: sampleConfig(file ?? null) ?? file ?? null, settings: options.set, seed: seedOf(options.seed), backend: options.backend ?? null, environment: process.env, folder: process.cwd(),
  });
  const { audit: config } = loaded;
  if (options.printConfig === true) {
    output.result(loaded.resolved, stringify({ ...loaded.resolved, name: config.name }).trimEnd());
    return EXIT.done;
  }
  const out = resolve(options.out ?? outputFolder(config.name));
  await checkWritable(out, '--out');
  const location = await dataFile(loaded, output);
  const session = await openSession(await servedPlace(loaded), output.say);
  const id = await startAudit(session, { config, location, out, only });
  output.event({ event: 'started', id, name: config.name, stages: stageClosure(only), out });
  if (options.detach === true) {
    await session.client.connection.close();
    output.result({ id, name: config.name, out }, `${id}\nwatch it: ${typed(`watch ${id}`)} · stop it: ${typed(`cancel ${id}`)}`);
    return EXIT.done;
  }
  output.say(`audit ${id}${session.uiAddress === null ? '' : `  (Temporal's pages: ${session.uiAddress})`}`);
  const record = await followAudit(session, id, output);
  return record === null ? EXIT.done : endOfAudit(record, output, options.failOn);
}

export function addRun(program: Command, act: (action: (output: Output) => Promise<number>) => Promise<void>): void {
  program.command('run')
    .description('audit a data set: one report from start to end')
    .addArgument(new Argument('[config-or-data]', 'audit.yaml, a data file, or sample:NAME; ./audit.yaml without one'))
    .option('--out <dir>', 'folder for the files (default: penumbra-out/NAME)')
    .addOption(new Option('--set <path=value>', 'set a configuration key; repeatable').argParser(collect).default([], 'none'))
    .option('--only <stages>', `compute these stages and what they need: ${STAGES.join(', ')}`)
    .addOption(new Option('--backend <name>', 'tensor backend').choices(['auto', 'tensorflow', 'webgpu', 'wasm', 'cpu']))
    .option('--seed <n>', 'seed of every random stream')
    .option('--detach', 'start it and return at once')
    .option('--print-config', 'print the configuration as it stands after all layers, and stop')
    .addOption(new Option('--fail-on <verdict>', 'verdict from which the exit code is 1').choices(['findings', 'undecided', 'never']).default('findings'))
    .addHelpText('after', `
Examples:
  penumbra run audit.yaml
  penumbra run people.csv --set data.label=income --set 'data.positive=">50K"' --set 'data.protected=[sex, race]'
  penumbra run sample:compas --only fairness,report
  penumbra run audit.yaml --json | tail -n 1 | jq .verdict

Ctrl-C leaves the audit running: watch ID attaches again, cancel ID stops it.

Exit codes: 0 pass or undecided · 1 findings · 2 wrong use, configuration or data · 3 the infrastructure failed`)
    .action((file: string | undefined, options: RunOptions) => act((output) => run(file, options, output)));
}
