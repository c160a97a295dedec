import { proxyActivities } from '@temporalio/workflow';
import type { StageActivities } from '../activities/activities.ts';
import type { ArtifactRef, StageResult } from '../activities/types.ts';
import { computeStage } from './compute-stage.ts';
import { stageOptions } from './stage-options.ts';

export interface TrainSeedInput {
  readonly queue: string;
  readonly seed: number;
  readonly encode: ArtifactRef;
  readonly trainConfig: unknown;
  readonly latentsConfig: unknown;
  /** Whether latents are wanted too. */
  readonly latents: boolean;
}

export interface TrainSeedResult {
  readonly train: StageResult;
  readonly latents: StageResult | null;
}

/** One seed: train a network, then place every row in its latent space where that is wanted. */
export async function trainSeedWorkflow(input: TrainSeedInput): Promise<TrainSeedResult> {
  const stages = proxyActivities<StageActivities>({ ...stageOptions, taskQueue: input.queue });
  const { seed, encode } = input;
  const train = await computeStage({ activity: stages.train, input: { config: input.trainConfig, inputs: { encode: [encode] }, seed } });
  if (!input.latents) return { train, latents: null };
  const latents = await computeStage({ activity: stages.latents, input: { config: input.latentsConfig, inputs: { encode: [encode], train: [train.manifest] }, seed } });
  return { train, latents };
}
