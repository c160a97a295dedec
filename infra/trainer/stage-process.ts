import { DataError } from '../../activities/data-error.ts';
import { runStage } from '../../activities/run-stage.ts';
import { loadStage } from '../../activities/stage-table.ts';
import type { StageProgress } from '../../activities/types.ts';
import { openStore } from '../store/open-store.ts';
import { saysOutOfMemory } from './cause-of-death.ts';
import type { FromStageProcess, StageFailure, ToStageProcess } from './messages.ts';
import { privateBytes } from './process-memory.ts';

/**
 * The process in which one stage at a time is computed, so that mathematics never holds up the worker's event loop, a crash
 * takes one attempt with it and nothing more, and memory goes back to the machine. It ends when its worker does.
 */
const send = (message: FromStageProcess): void => { process.send?.(message); };
let running: AbortController | null = null;

function failureOf(error: unknown, cancelled: boolean): StageFailure {
  const { message, stack = '', code }: Error & { code?: unknown } = error instanceof Error ? error : new Error(String(error));
  const kind = cancelled ? 'cancelled' : error instanceof DataError ? 'data' : 'infrastructure';
  return { kind, code: saysOutOfMemory(message) ? 'out-of-memory' : typeof code === 'string' ? code : 'unknown', message, stack };
}

async function run({ request, store }: Extract<ToStageProcess, { type: 'run' }>): Promise<void> {
  const controller = new AbortController();
  running = controller;
  try {
    const services = {
      store: await openStore(store), signal: controller.signal,
      progress: (progress: StageProgress) => send({ type: 'progress', progress }), warn: (line: string) => send({ type: 'warning', line }),
    };
    const result = await runStage(await loadStage(request.stage), request.input, services);
    send({ type: 'done', result, residentBytes: privateBytes('self') ?? process.memoryUsage.rss() });
  } catch (error) {
    send({ type: 'failed', failure: failureOf(error, controller.signal.aborted) });
  } finally {
    running = null;
  }
}

process.on('message', (message: ToStageProcess) => {
  if (message.type === 'run') void run(message);
  else running?.abort(new Error('cancelled'));
});
process.on('disconnect', () => process.exit(0));
// The worker decides when its processes end; a Ctrl-C in the terminal reaches the whole group.
process.on('SIGINT', () => {});
