import { writeSync } from 'node:fs';
import type { ToStageProcess } from '../../../infra/trainer/messages.ts';

/** Stands for the process of a stage: dies the way that the request's configuration names, or answers with what it was given. */
const held: unknown[] = [];

const WAYS: Record<string, () => void> = {
  heap: () => { for (;;) held.push(Array.from({ length: 10_000 }, (_, i) => `${i}-${held.length}`)); },
  // What libstdc++ writes and does when nobody catches it.
  'bad-alloc': () => { writeSync(2, "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n"); process.abort(); },
  'array-buffer': () => { throw new RangeError('Array buffer allocation failed'); },
  segfault: () => process.kill(process.pid, 'SIGSEGV'),
  illegal: () => process.kill(process.pid, 'SIGILL'),
  terminated: () => process.kill(process.pid, 'SIGTERM'),
  exit: () => process.exit(7),
  throw: () => { throw new Error('a library threw where nobody looked'); },
  grow: () => { const grow = (): void => { held.push(Buffer.alloc(20e6, 1)); setTimeout(grow, 20); }; grow(); },
  deaf: () => { for (;;) held[0] = Math.sqrt(2); },
};

process.on('message', (message: ToStageProcess) => {
  if (message.type !== 'run') return;
  const { die } = message.request.input.config as { die: string };
  if (die === 'data' || die === 'infrastructure') {
    process.send!({ type: 'failed', failure: { kind: die, code: die, message: `a fault: ${die}`, stack: '' } });
    return;
  }
  if (die !== 'answer') return WAYS[die]!();
  const { TF_NUM_INTRAOP_THREADS: threads, CUDA_VISIBLE_DEVICES: device } = process.env;
  process.send!({ type: 'done', residentBytes: 1, result: { threads, device, pid: process.pid } });
});
process.on('disconnect', () => process.exit(0));
