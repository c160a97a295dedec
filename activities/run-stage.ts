import type { Store } from '../infra/store/store.ts';
import { sha256, toJson } from './artifacts.ts';
import type { Checkpoints, Stage, StageContext } from './stage.ts';
import type { ArtifactRef, StageInput, StageManifest, StageName, StageResult } from './types.ts';

export type StageServices = Omit<StageContext, 'checkpoints'>;

/** JSON with the keys of every object in order, so that equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

/** sha256 over everything a stage's result depends on. */
function stageIdentity(stage: StageName, version: number, input: StageInput, fingerprint: string): string {
  const inputs = Object.fromEntries(Object.entries(input.inputs).map(([name, refs]) => [name, refs.map((ref) => ref.sha256)]));
  return sha256(canonicalJson({ stage, version, config: withoutLocation(input.config), inputs, seed: input.seed, fingerprint }));
}

/** Where the data lies is no part of what it is: its content is in the fingerprint. What is checked for later stages changes no result. */
function withoutLocation(config: unknown): unknown {
  if (config === null || typeof config !== 'object' || !('data' in config)) return config;
  return { ...config, checks: undefined, data: { ...(config.data as object), path: undefined } };
}

const manifestKey = (stage: StageName, identity: string): string => `stages/${stage}/${identity}.json`;

async function committed(store: Store, stage: StageName, identity: string): Promise<ArtifactRef | null> {
  const key = manifestKey(stage, identity);
  if (await store.stat(key) === null) return null;
  const bytes = await store.get(key);
  return { key, sha256: sha256(bytes), bytes: bytes.byteLength };
}

/**
 * One stage from its request: found when some run has committed the same identity already, computed and committed otherwise.
 * Of several workers racing on one identity the first commits; since the result is a function of the input, the others find
 * the same bytes there.
 */
export async function runStage(stage: Stage, input: StageInput, services: StageServices): Promise<Omit<StageResult, 'seconds'>> {
  const { store, signal, progress } = services;
  const fingerprint = await stage.fingerprint?.(input, signal) ?? '';
  const identity = stageIdentity(stage.name, stage.version, input, fingerprint);
  const found = await committed(store, stage.name, identity);
  if (found !== null) {
    await stage.check?.(input, store, found);
    return { manifest: found, cached: true };
  }

  const checkpoints = stageCheckpoints(store, identity);
  const { artifacts, summary } = await stage.run(input, { store, signal, progress, checkpoints });
  signal.throwIfAborted();
  const outside = fingerprint === '' ? {} : { fingerprint };
  const manifest: StageManifest = { stage: stage.name, version: stage.version, identity, ...outside, artifacts, summary };
  await store.putIfAbsent(manifestKey(stage.name, identity), new TextEncoder().encode(toJson(manifest)));
  await clearCheckpoints(store, identity);
  const made = (await committed(store, stage.name, identity))!;
  await stage.check?.(input, store, made);
  return { manifest: made, cached: false };
}

const checkpointFolder = (identity: string): string => `checkpoints/${identity}/`;

/** Checkpoints of one stage's identity, kept in the store so that any worker can go on from them. */
export function stageCheckpoints(store: Store, identity: string): Checkpoints {
  const folder = checkpointFolder(identity);
  const steps = async (): Promise<number[]> => {
    const found: number[] = [];
    for await (const object of store.list(folder)) found.push(Number(object.key.slice(folder.length)));
    return found.filter(Number.isSafeInteger).sort((a, b) => b - a);
  };
  return {
    async latest() {
      const [step] = await steps();
      return step === undefined ? null : { step, bytes: await store.get(`${folder}${step}`) };
    },
    async save(step, bytes) {
      const key = `${folder}${step}`;
      await store.put(key, bytes);
      for (const old of (await steps()).filter((item) => item < step)) await store.remove(`${folder}${old}`);
      return { key, sha256: sha256(bytes), bytes: bytes.byteLength };
    },
  };
}

/** A committed stage needs its checkpoints no more. */
async function clearCheckpoints(store: Store, identity: string): Promise<void> {
  for await (const object of store.list(checkpointFolder(identity))) await store.remove(object.key);
}
