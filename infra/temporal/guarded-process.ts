import { spawn, type ChildProcess } from 'node:child_process';

/** Ends the program when whoever started it is gone, however it went: its end of the pipe closes then. */
const GUARD = '"$@" </dev/null & pid=$!; trap \'kill $pid 2>/dev/null\' TERM INT; ( cat >/dev/null; kill $pid 2>/dev/null ) <&3 & wait $pid; code=$?; kill $! 2>/dev/null; exit $code';

/** A program that ends with this process, and the last of what it says. */
export function launchGuarded(binary: string, args: readonly string[]): { child: ChildProcess; output: () => string } {
  const child = spawn('sh', ['-c', `exec 3<&0; ${GUARD}`, 'sh', binary, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { text = (text + chunk.toString()).slice(-2000); });
  child.stdin?.on('error', () => {});
  return { child, output: () => text.trim() };
}
