import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { addAudits } from './commands/audits.ts';
import { addBench } from './commands/bench.ts';
import { addCompare } from './commands/compare.ts';
import { addData } from './commands/data.ts';
import { addDoctor } from './commands/doctor.ts';
import { addGc } from './commands/gc.ts';
import { addInit } from './commands/init.ts';
import { addResults } from './commands/results.ts';
import { addRun } from './commands/run.ts';
import { addSchedule } from './commands/schedule.ts';
import { addSetup } from './commands/setup.ts';
import { addServe } from './commands/serve.ts';
import { addWorker } from './commands/worker.ts';
import { exitCodeOf } from './exit-codes.ts';
import { typed, typedHelp } from './invocation.ts';
import { createOutput, type Output } from './output.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

interface GlobalOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

function outputOf(command: Command): Output {
  const { json = false, quiet = false, debug = false } = command.optsWithGlobals<GlobalOptions>();
  return createOutput({ json, quiet, debug });
}

/** Shows an error as one line that says what to do, with its stack only on request. */
function fail(error: unknown, output: Output): number {
  const code = exitCodeOf(error);
  if (error instanceof CommanderError) return code;
  const { message, name, stack } = error instanceof Error ? error : new Error(String(error));
  output.warn(output.debug ? stack ?? message : `penumbra: ${typedHelp(message)}`);
  output.event({ error: { name, message, exitCode: code } });
  return code;
}

async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('penumbra');
  let exitCode = 0, output = createOutput({ json: argv.includes('--json'), quiet: false, debug: argv.includes('--debug') });
  const act = async (action: (output: Output) => Promise<number>): Promise<void> => {
    output = outputOf(running);
    exitCode = await action(output);
  };
  let running: Command = program;
  program
    .description('Audits a data set, a model\'s decisions or an autonomous system\'s logs: where data is thin, decisions unfair, rows strange.')
    .configureOutput({
      writeOut: (text) => process.stdout.write(typedHelp(text)),
      // Errors quote what the user wrote; help that nobody asked for goes the same way.
      writeErr: (text) => process.stderr.write(text.startsWith('Usage:') ? typedHelp(text) : text),
    })
    .version(version).exitOverride().showSuggestionAfterError().showHelpAfterError(`(${typed('--help')} shows the commands and examples)`)
    .addHelpText('after', '\nExamples:\n  penumbra run sample:adult --set data.label=income --set \'data.protected=[sex, race]\'\n  penumbra run audit.yaml\n  penumbra status')
    .hook('preAction', (_program, command) => { running = command; });
  addRun(program, act);
  addInit(program, act);
  addAudits(program, act);
  addResults(program, act);
  addCompare(program, act);
  addSchedule(program, act);
  addData(program, act);
  addWorker(program, act);
  addServe(program, act);
  addGc(program, act);
  addDoctor(program, act);
  addSetup(program, act);
  addBench(program, act);
  for (const command of program.commands) addGlobalOptions(command);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    exitCode = fail(error, output);
  }
  return exitCode;
}

function addGlobalOptions(command: Command): void {
  if (command.commands.length > 0) return command.commands.forEach((child) => addGlobalOptions(child as Command));
  command.addOption(new Option('--json', 'one JSON object a line on standard output, the result last'))
    .addOption(new Option('--quiet', 'no messages but errors')).addOption(new Option('--debug', 'errors with their stacks'))
    .exitOverride();
}

// A reader that closed the pipe (`| head`) has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') throw error; process.exit(0); });
// `npm run penumbra` moves to the checkout's root; names of files and folders are meant where the user stands.
const { npm_lifecycle_event: script, INIT_CWD: stand } = process.env;
if (script === 'penumbra' && stand !== undefined) process.chdir(stand);
process.exitCode = await main(process.argv.slice(2));
