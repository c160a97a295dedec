import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DataError } from '../../activities/data-error.ts';
import type { NightEnd, NightResult } from '../../activities/nightly-types.ts';
import { openStore, type StoreConfig } from '../store/open-store.ts';

type Answer = { readonly result: NightResult } | { readonly error: { readonly name: string; readonly code?: string; readonly message: string } };

/**
 * Judges a night in a process of its own: two tables and a network need memory that the worker is not to keep.
 * @throws DataError what a retry cannot mend; Error anything else, the process's end included
 */
export function runJudge(store: StoreConfig, end: NightEnd, signal: AbortSignal): Promise<NightResult> {
  const child = fork(fileURLToPath(import.meta.url), [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: ['--disable-warning=ExperimentalWarning'] });
  let said = '', answer: Answer | null = null;
  child.stderr?.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-2000); });
  child.on('message', (message: Answer) => { answer = message; });
  const stop = (): void => { child.kill('SIGKILL'); };
  signal.addEventListener('abort', stop);
  child.send({ store, end });
  return new Promise<NightResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      if (answer === null) reject(new Error(`the process that judges the night ended early (${killedBy ?? code}): ${said.trim()}`));
      else if ('result' in answer) resolve(answer.result);
      else reject(answer.error.name === 'DataError' ? new DataError(answer.error.code ?? 'no-result', answer.error.message) : new Error(answer.error.message));
    });
  });
}

async function answerOf({ store, end }: { readonly store: StoreConfig; readonly end: NightEnd }): Promise<Answer> {
  try {
    const { judgeNight } = await import('./judge-night.ts');
    const { night, audit, outcome, sentence, alarms } = await judgeNight(await openStore(store), end);
    return { result: { night, audit, outcome, sentence: sentence.slice(0, 2000), alarms: alarms.filter(({ severity }) => severity === 'alarm').length } };
  } catch (error) {
    const { name, message, code } = error as DataError;
    return { error: { name, message, ...(typeof code === 'string' ? { code } : {}) } };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.on('disconnect', () => process.exit(1));
  process.once('message', (request: { readonly store: StoreConfig; readonly end: NightEnd }) => {
    void answerOf(request).then((answer) => process.send!(answer, () => process.exit(0)));
  });
}
