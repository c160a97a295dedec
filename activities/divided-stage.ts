import type { Division, Stage, StageContext } from './stage.ts';
import type { StageInput, StageOutput } from './types.ts';

/** Progress of task k of n as progress of the whole. */
function within(context: StageContext, k: number, n: number): StageContext {
  return { ...context, progress: (progress) => context.progress({ ...progress, fraction: (k + progress.fraction) / n }) };
}

/** All tasks in this process, one after the other: the same pieces, joined the same way, as when workers share them. */
export async function runUndivided<Config>(division: Division<Config>, input: StageInput<Config>, context: StageContext): Promise<StageOutput> {
  const tasks = await division.tasks(input, context), pieces: StageOutput[] = [];
  for (const [k, task] of tasks.entries()) {
    context.signal.throwIfAborted();
    pieces.push(await division.task(input, task, within(context, k, tasks.length)));
  }
  return division.join(input, pieces, context);
}

/** A stage whose work can be shared out. */
export function dividedStage<Config>(stage: Omit<Stage<Config>, 'run' | 'division'>, division: Division<Config>): Stage<Config> {
  return { ...stage, division, run: (input, context) => runUndivided(division, input, context) };
}

/** Ranges [first, last) that cover 0 … count − 1, each of at most `size`. */
export function ranges(count: number, size: number): readonly (readonly [first: number, last: number])[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => [i * size, Math.min(count, (i + 1) * size)] as const);
}
