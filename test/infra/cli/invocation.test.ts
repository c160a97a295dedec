import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { program, typed, typedHelp } from '../../../infra/cli/invocation.ts';

const MAIN = fileURLToPath(new URL('../../../infra/cli/main.ts', import.meta.url));
const CHECKOUT = resolve(dirname(MAIN), '../..');

describe('what is typed before a command', () => {
  it.each([
    ['in the checkout', { environment: { npm_lifecycle_event: 'penumbra' }, folder: CHECKOUT }, 'npm run -s penumbra --'],
    ['below it', { environment: {}, folder: join(CHECKOUT, 'docs') }, 'npm run -s penumbra --'],
    ['elsewhere, through npm', { environment: { npm_lifecycle_event: 'penumbra' }, folder: '/' }, `npm --prefix ${CHECKOUT} run -s penumbra --`],
    ['in a folder whose name begins alike', { environment: {}, folder: `${CHECKOUT}-2` }, `node ${MAIN}`],
    ['installed, by its name', { environment: {}, folder: '/', inCheckout: false }, 'penumbra'],
    ['installed in a project', { environment: { npm_command: 'exec' }, folder: '/', inCheckout: false }, 'npx penumbra'],
  ])('%s', (_where, started, expected) => {
    expect(program(started)).toBe(expected);
  });

  it('a hint is a command that can be typed, and help names commands the same way, prose not', () => {
    expect(typed('status')).toBe('npm run -s penumbra -- status');
    expect(typedHelp('Usage: penumbra run [options]\n\nExamples:\n  penumbra run a.csv && penumbra status\n  A=b penumbra [options] (penumbra --help)\nThe penumbra. my-penumbra run'))
      .toBe(['Usage: npm run -s penumbra -- run [options]\n\nExamples:\n  npm run -s penumbra -- run a.csv && npm run -s penumbra -- status',
        '  A=b npm run -s penumbra -- [options] (npm run -s penumbra -- --help)', 'The penumbra. my-penumbra run'].join('\n'));
  });

  it('stays what it is when it is told twice', () => {
    const once = typedHelp('Examples:\n  penumbra compare a b (penumbra --help), run "penumbra gc"');
    expect(once).toContain('"npm run -s penumbra -- gc"');
    expect(typedHelp(once)).toBe(once);
    expect(typedHelp('npx penumbra run a.csv')).toBe('npx penumbra run a.csv');
  });
});
