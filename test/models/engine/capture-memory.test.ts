import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NO_TENSORFLOW } from './tensorflow.ts';

const SCRIPT = fileURLToPath(new URL('../../bench/captures.ts', import.meta.url));
/** A session that is not closed holds 2.6 MB of this network. */
const CAPTURES = 40, MOST_MB = 8;

describe.skipIf(NO_TENSORFLOW)('many captures (needs penumbra setup tensorflow)', () => {
  it('leave no session, tensor or folder, and no memory', () => {
    const { stdout } = spawnSync(process.execPath, ['--expose-gc', '--max-semi-space-size=1', SCRIPT, String(CAPTURES)], { encoding: 'utf8' });
    const lines = stdout.trim().split('\n'), memory = lines.map((line) => Number(/(\d+) MB$/.exec(line)![1]));
    expect(lines.at(-1)).toMatch(/^40 captures: 0 sessions, 0 tensors, \d+ folders/);
    expect(memory.at(-1)! - memory[2]!).toBeLessThan(MOST_MB);
  }, 180_000);
});
