import type { ArtifactRef, Json, StageAnswer, StageInput, StageResult } from '../activities/types.ts';

/** Tasks of one stage that are under way at once: enough for a dozen machines, and no flood for one. */
const MOST_AT_ONCE = 24;

interface Computation {
  readonly activity: (input: StageInput) => Promise<StageAnswer>;
  readonly input: StageInput;
  readonly onTask?: (done: number, total: number) => void;
}

/** What a stage's tasks gave, in their order, and the time that it took to name and compute them. */
export interface StagePieces {
  readonly manifests: readonly ArtifactRef[];
  readonly seconds: number;
}

function committed(answer: StageAnswer): StageResult {
  if ('tasks' in answer) throw new Error('a stage that was not asked to divide its work named tasks');
  return answer;
}

/** Tasks in bounded waves: a new one begins when one ends. Results stand in the order of the tasks, whoever computed them and when. */
async function runTasks({ activity, input, onTask }: Computation, tasks: readonly Json[], seconds: number): Promise<StagePieces> {
  const results = new Array<StageResult>(tasks.length);
  let next = 0, done = 0;
  const lane = async (): Promise<void> => {
    for (let k = next++; k < tasks.length; k = next++) {
      results[k] = committed(await activity({ ...input, share: { step: 'task', task: tasks[k]! } }));
      onTask?.(++done, tasks.length);
    }
  };
  onTask?.(0, tasks.length);
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, tasks.length) }, lane));
  return { manifests: results.map(({ manifest }) => manifest), seconds: results.reduce((sum, piece) => sum + piece.seconds, seconds) };
}

/** The tasks of a stage whose other inputs are not there yet; null where its work is not worth dividing. */
export async function computePieces(computation: Computation): Promise<StagePieces | null> {
  const answer = await computation.activity({ ...computation.input, share: { step: 'divide', early: true } });
  return 'tasks' in answer && answer.tasks.length > 0 ? runTasks(computation, answer.tasks, answer.seconds) : null;
}

export async function joinPieces({ activity, input }: Computation, { manifests, seconds }: StagePieces): Promise<StageResult> {
  const joined = committed(await activity({ ...input, share: { step: 'join', pieces: manifests } }));
  return { ...joined, seconds: seconds + joined.seconds };
}

/** One stage: in one call where its work is small, else shared out among the workers task by task and joined. */
export async function computeStage(computation: Computation): Promise<StageResult> {
  const { activity, input } = computation, answer = await activity({ ...input, share: { step: 'divide' } });
  if (!('tasks' in answer)) return answer;
  return joinPieces(computation, await runTasks(computation, answer.tasks, answer.seconds));
}
