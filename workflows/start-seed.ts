import { startChild, workflowInfo, ChildWorkflowCancellationType, ParentClosePolicy, type ChildWorkflowHandle } from '@temporalio/workflow';
import type { ArtifactRef } from '../activities/types.ts';
import { stageConfig } from './stage-config.ts';
import { networkPriority } from './stage-priority.ts';
import type { trainSeedWorkflow } from './train-seed.ts';
import type { AuditInput } from './types.ts';

export interface SeedStart {
  readonly seed: number;
  readonly first: boolean;
  /** Where it is not the audit's own. */
  readonly beta: number | null;
  readonly encode: ArtifactRef;
  readonly latents: boolean;
}

export const seedWorkflowId = ({ seed, beta }: Pick<SeedStart, 'seed' | 'beta'>): string => `${workflowInfo().workflowId}${beta === null ? '' : `-beta-${beta}`}-seed-${seed}`;

/** Begins one seed as a child workflow; its activities inherit the priority. */
export function startSeed(input: AuditInput, start: SeedStart): Promise<ChildWorkflowHandle<typeof trainSeedWorkflow>> {
  const { config, queues } = input, { model } = config, { seed, beta, encode, latents } = start;
  const network = beta === null ? input : { ...input, config: { ...config, model: { ...model, beta } } };
  return startChild<typeof trainSeedWorkflow>('trainSeedWorkflow', {
    workflowId: seedWorkflowId(start), parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL, cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    priority: { priorityKey: networkPriority(start) },
    args: [{ queue: model.device === 'gpu' ? queues.gpu : queues.cpu, seed, encode, latents, trainConfig: stageConfig('train', network, []), latentsConfig: stageConfig('latents', input, []) }],
  });
}
