import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** The package ships built JavaScript; sources run in a checkout alone. */
const IN_CHECKOUT = import.meta.url.endsWith('.ts');
const CHECKOUT = resolve(dirname(MAIN), '../..');

export interface Started {
  readonly environment: NodeJS.ProcessEnv;
  /** Where the user stands. */
  readonly folder: string;
  readonly inCheckout?: boolean;
}

/**
 * What a user types before a command, the way this process was started: `npm run -s penumbra --` in a checkout and below it, `npx penumbra`
 * or `penumbra` where the package is installed; elsewhere with the checkout's path.
 */
export function program({ environment, folder, inCheckout = IN_CHECKOUT }: Started = { environment: process.env, folder: process.cwd() }): string {
  const { npm_lifecycle_event: script, npm_command: command } = environment;
  if (!inCheckout) return command === 'exec' || command === 'run-script' ? 'npx penumbra' : 'penumbra';
  const below = relative(CHECKOUT, folder);
  if (below !== '..' && !below.startsWith(`..${sep}`)) return 'npm run -s penumbra --';
  return script === 'penumbra' ? `npm --prefix ${CHECKOUT} run -s penumbra --` : `node ${MAIN}`;
}

/** A command as the user types it here: `typed('status')` is `npm run -s penumbra -- status` in a checkout. */
export function typed(command: string): string {
  return `${program()} ${command}`;
}

/** Text of ours in which every `penumbra COMMAND` becomes what is typed here; what has become so stays. */
export function typedHelp(text: string): string {
  return text.replaceAll(/(?<=^|[\s("`])(?<!npx |run -s )penumbra (?=[a-z[]|-(?!- ))/gm, `${program()} `);
}
