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

/** From so many rows on, what takes longer than linear time over them takes about half a second and more: worth a task of its own. */
export const WORTH_A_TASK = 16_384;

const MOST_TASKS = 16;

/** Ranges of parts [first, last) for tasks of about `rowsPerTask` rows, one for fewer. */
export function rangesForTasks(parts: number, rows: number, rowsPerTask: number): readonly (readonly [first: number, last: number])[] {
  const many = Math.max(1, Math.min(MOST_TASKS, Math.floor(rows / rowsPerTask)));
  return ranges(parts, Math.ceil(parts / many));
}

/** Ranges [first, last) that cover 0 … count − 1, each of at most `size`. */
export function ranges(count: number, size: number): readonly (readonly [first: number, last: number])[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => [i * size, Math.min(count, (i + 1) * size)] as const);
}
