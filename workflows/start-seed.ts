import { startChild, workflowInfo, ChildWorkflowCancellationType, ParentClosePolicy, type ChildWorkflowHandle } from '@temporalio/workflow';
import type { ArtifactRef } from '../activities/types.ts';
import { stageConfig } from './stage-config.ts';
import { seedPriority } from './stage-priority.ts';
import type { trainSeedWorkflow } from './train-seed.ts';
import type { AuditInput } from './types.ts';

export interface SeedStart {
  readonly seed: number;
  readonly first: boolean;
  readonly encode: ArtifactRef;
  readonly latents: boolean;
}

export const seedWorkflowId = (seed: number): string => `${workflowInfo().workflowId}-seed-${seed}`;

/** Begins one seed as a child workflow; its activities inherit the priority. */
export function startSeed(input: AuditInput, { seed, first, encode, latents }: SeedStart): Promise<ChildWorkflowHandle<typeof trainSeedWorkflow>> {
  const { config: { model: { device } }, queues } = input;
  return startChild<typeof trainSeedWorkflow>('trainSeedWorkflow', {
    workflowId: seedWorkflowId(seed), parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL, cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    priority: { priorityKey: seedPriority(first) },
    args: [{ queue: device === 'gpu' ? queues.gpu : queues.cpu, seed, encode, latents, trainConfig: stageConfig('train', input, []), latentsConfig: stageConfig('latents', input, []) }],
  });
}
