import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getJson, readManifest } from '../../activities/artifacts.ts';
import { runStage } from '../../activities/run-stage.ts';
import { stageCheckpoints } from '../../activities/stage-checkpoints.ts';
import { loadStage } from '../../activities/stage-table.ts';
import { train } from '../../activities/train.ts';
import type { TrainConfig } from '../../activities/train.ts';
import type { ArtifactRef, StageName } from '../../activities/types.ts';
import type { TrainingSummary } from '../../models/networks/types.ts';
import { stageConfig } from '../../workflows/stage-config.ts';
import type { AuditInput } from '../../workflows/types.ts';
import { loadConfig } from '../config/load-config.ts';
import { ensureSample } from '../setup/samples.ts';
import { DirStore } from '../store/dir-store.ts';

const SAMPLE = fileURLToPath(new URL('../samples/adult.yaml', import.meta.url));
export const ADULT_EPOCHS = 20;

export interface AdultTraining {
  /** Batches of one training. */
  readonly steps: number;
  /** The train stage from encoded rows to stored model, with its checkpoints. @returns the validation loss of the best epoch, in nats a row. */
  run(): Promise<number>;
  dispose(): Promise<void>;
}

async function inputFor(backend: string): Promise<AuditInput> {
  const settings = [`model.epochs=${ADULT_EPOCHS}`, 'model.seeds=1'];
  const { audit } = await loadConfig({ file: SAMPLE, settings, seed: null, backend: null, environment: {}, folder: tmpdir() });
  const config = { ...audit, backend: backend as AuditInput['config']['backend'] };
  return { id: 'bench', config, location: await ensureSample('adult'), only: null, out: null, queues: { workflow: '', cpu: '', gpu: '' }, code: 'bench', searchAttributes: false, provenance: {} };
}

/** The VAE of the Adult sample over 20 epochs: ingest and encode are done here, the training is what is measured. */
export async function adultTraining(backend: string): Promise<AdultTraining> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-adult-')), store = new DirStore(folder), input = await inputFor(backend);
  const services = { store, signal: new AbortController().signal, progress: (): void => undefined };
  const made = async (name: StageName, inputs: Partial<Record<StageName, readonly ArtifactRef[]>>): Promise<ArtifactRef> => {
    const outcome = await runStage(await loadStage(name), { config: stageConfig(name, input, []), inputs, seed: input.config.seed }, services);
    if (!('manifest' in outcome)) throw new Error(`${name} of the sample was not computed`);
    return outcome.manifest;
  };
  const ingest = [await made('ingest', {})], encode = [await made('encode', { ingest })], { batch } = input.config.model;
  const { artifacts } = await readManifest(store, encode[0]!), rows = artifacts['x']!.reduce((sum, ref) => sum + (ref.rows ?? 0), 0);
  const [share, ...others] = input.config.data.split, trained = rows * share / others.reduce((sum, part) => sum + part, share);
  let runs = 0;
  return {
    steps: ADULT_EPOCHS * Math.ceil(trained / batch),
    run: async () => {
      const checkpoints = stageCheckpoints(store, `bench${runs++}`);
      const output = await train.run({ config: stageConfig('train', input, []) as TrainConfig, inputs: { encode }, seed: input.config.seed }, { ...services, checkpoints });
      const summary = await getJson(store, output.artifacts['summary']![0]!) as unknown as TrainingSummary;
      return Math.min(...summary.epochs.map(({ validationLoss }) => validationLoss));
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
