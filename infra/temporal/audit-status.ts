import { isGrpcServiceError, WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { AuditRecord, AuditState, StageRecord } from '../../activities/activities.ts';
import type { StageName, StageProgress } from '../../activities/types.ts';
import type { AuditProgress } from '../../workflows/types.ts';

export interface StageStatus {
  readonly name: StageName;
  readonly state: StageRecord['state'];
  readonly progress: number;
  readonly detail: string | null;
}

/** What `status --json` prints. */
export interface AuditStatus {
  readonly id: string;
  readonly name: string;
  readonly state: AuditState;
  /** The stage that has been under way longest, while the audit runs. */
  readonly stage: StageName | null;
  /** 0 to 1. */
  readonly progress: number;
  readonly stages: readonly StageStatus[];
  readonly epoch?: number;
  readonly out: string | null;
}

/** Rough share of the time each stage takes, for the overall progress alone. */
const SHARE: Readonly<Record<StageName, number>> = {
  ingest: 2, encode: 2, train: 50, latents: 5, density: 8, fairness: 8, debias: 3, outliers: 14, perturb: 2, slices: 3, report: 3,
};

export function overallProgress(stages: readonly Pick<StageStatus, 'name' | 'progress'>[]): number {
  const total = stages.reduce((sum, stage) => sum + SHARE[stage.name], 0);
  return total === 0 ? 0 : stages.reduce((sum, stage) => sum + SHARE[stage.name] * stage.progress, 0) / total;
}

const QUERY_TIMEOUT_MS = 5_000;
const GRPC_DEADLINE_EXCEEDED = 4;
const GRPC_FAILED_PRECONDITION = 9;

interface Live {
  readonly stage: StageName;
  readonly progress: StageProgress;
  /** No heartbeat yet: it waits for a free process, or begins. */
  readonly waiting: boolean;
}

/** One a seed, and one a seed for each further β. */
interface Networks {
  readonly seeds: number;
  readonly further: number;
}

type RawActivity = NonNullable<NonNullable<Awaited<ReturnType<WorkflowHandle['describe']>>['raw']['pendingActivities']>[number]>;

async function liveOf(activity: RawActivity, client: Client): Promise<Live> {
  let payloads = activity.heartbeatDetails?.payloads ?? [];
  for (const codec of client.options.loadedDataConverter.payloadCodecs) payloads = await codec.decode(payloads);
  const [payload] = payloads;
  const reported = payload === undefined ? null : defaultPayloadConverter.fromPayload<StageProgress | null>(payload);
  const attempt = activity.attempt ?? 1;
  const again = attempt > 1 ? `attempt ${attempt} after: ${activity.lastFailure?.message ?? 'a lost worker'}` : null;
  const progress = reported ?? { fraction: 0 };
  return {
    stage: activity.activityType?.name as StageName, waiting: reported === null,
    progress: again === null ? progress : { ...progress, detail: [again, progress.detail].filter(Boolean).join(' · ') },
  };
}

async function liveActivities(client: Client, ids: readonly string[]): Promise<readonly Live[]> {
  const pending = await Promise.all(ids.map(async (id) => {
    try {
      return (await client.workflow.getHandle(id).describe()).raw.pendingActivities ?? [];
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return [];
      throw error;
    }
  }));
  return Promise.all(pending.flat().filter((activity) => activity.activityType?.name !== 'finish').map((activity) => liveOf(activity, client)));
}

/** Of several networks or tasks the mean, and the detail of the one furthest ahead. */
function merged(record: StageRecord, live: readonly Live[], networks: Networks): StageStatus {
  const { name } = record;
  if (record.state === 'completed' || record.state === 'cached') return { name, state: record.state, progress: 1, detail: null };
  const mine = live.filter(({ stage }) => stage === name);
  if (mine.length === 0) return { name, state: record.state, progress: record.tasks === undefined ? 0 : record.tasks.done / record.tasks.total, detail: null };
  const seeds = name === 'train' ? networks.seeds + networks.further : networks.seeds, active = mine.filter(({ waiting }) => !waiting), perSeed = name === 'train' || name === 'latents';
  // A network that is no longer in its training is past it.
  const done = record.tasks?.done ?? (name === 'train' ? seeds - mine.length : 0), total = record.tasks?.total ?? (perSeed ? seeds : 1);
  const progress = Math.min(1, (done + mine.reduce((sum, { progress: { fraction } }) => sum + fraction, 0)) / total);
  const furthest = (active.length > 0 ? active : mine).reduce((a, b) => (b.progress.fraction > a.progress.fraction ? b : a));
  const of = perSeed && seeds > 1 ? `${active.length} of ${seeds} ${name === 'train' && networks.further > 0 ? 'networks' : 'seeds'}` : null;
  const tasks = record.tasks === undefined ? null : `${record.tasks.done} of ${record.tasks.total} tasks done`;
  return { name, state: 'running', progress, detail: [of ?? tasks, furthest.progress.detail].filter(Boolean).join(' · ') || null };
}

const QUEUED: AuditProgress = { state: 'queued', stages: [], children: [] };

/** The workflow's own word; `queued` while no worker has taken it up and so none can answer. */
async function askProgress(client: Client, handle: WorkflowHandle): Promise<AuditProgress> {
  try {
    return await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () => handle.query<AuditProgress, []>('progress'));
  } catch (error) {
    if (isGrpcServiceError(error) && [GRPC_DEADLINE_EXCEEDED, GRPC_FAILED_PRECONDITION].includes(error.code)) return QUEUED;
    throw error;
  }
}

/** An audit that a Temporal service knows; null when it does not. */
export async function auditStatus(client: Client, id: string): Promise<AuditStatus | null> {
  const handle = client.workflow.getHandle(id);
  let description;
  try {
    description = await handle.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
  const { name, out } = (description.memo ?? {}) as { name?: string; out?: string | null };
  const board = await askProgress(client, handle);
  const running = description.status.name === 'RUNNING';
  const live = running ? await liveActivities(client, [id, ...board.children]) : [];
  const { children, further = 0 } = board, networks = { seeds: Math.max(1, children.length - further), further };
  const stages = board.stages.map((record) => merged(record, live, networks));
  const epochs = live.flatMap(({ progress }) => progress.epoch ?? []);
  return {
    id, name: name ?? id, state: stateOf(description.status.name, board.state), out: out ?? null, stages, progress: overallProgress(stages),
    stage: stages.find((stage) => stage.state === 'running')?.name ?? null, ...(epochs.length > 0 ? { epoch: Math.max(...epochs) } : {}),
  };
}

/** An audit that writes its record still runs, whatever its board says of the outcome. */
function stateOf(workflow: string, board: AuditState): AuditState {
  if (workflow === 'COMPLETED') return 'completed';
  if (workflow === 'CANCELLED') return 'cancelled';
  if (workflow !== 'RUNNING') return 'failed';
  return board === 'queued' ? 'queued' : 'running';
}

/** An audit as the store alone tells it. */
export function statusOfRecord(record: AuditRecord): AuditStatus {
  const stages = record.stages.map(({ name, state }) => ({ name, state, progress: state === 'completed' || state === 'cached' ? 1 : 0, detail: null }));
  return { id: record.id, name: record.name, state: record.state, stage: null, progress: overallProgress(stages), stages, out: record.out };
}
