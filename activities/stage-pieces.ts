import type { Store } from '../infra/store/store.ts';
import { getJson, sha256 } from './artifacts.ts';
import { canonicalJson } from './canonical-json.ts';
import { commitSealed, findSealed } from './sealed-manifest.ts';
import { clearCheckpoints, stageCheckpoints } from './stage-checkpoints.ts';
import type { Division, StageContext } from './stage.ts';
import type { ArtifactRef, Json, StageCommit, StageInput, StageOutput } from './types.ts';

const folderOf = (identity: string): string => `pieces/${identity}/`;

interface PieceRequest {
  readonly division: Division;
  readonly input: StageInput;
  /** Of the stage. */
  readonly identity: string;
  readonly task: Json;
  readonly context: StageContext;
}

/** One task's output, found or computed, kept below the stage's identity until the stage is committed. */
export async function runPiece({ division, input, identity, task, context }: PieceRequest): Promise<StageCommit> {
  const { store, signal, warn = () => {} } = context, piece = sha256(canonicalJson({ identity, task })), key = `${folderOf(identity)}${piece}.json`;
  const found = await findSealed(store, key, warn);
  if (found !== null) return { manifest: found, cached: true };
  const output = await division.task(input, task, { ...context, checkpoints: stageCheckpoints(store, piece) });
  signal.throwIfAborted();
  const manifest = await commitSealed(store, key, output);
  await clearCheckpoints(store, piece);
  return { manifest, cached: false };
}

/** Whether all pieces were made under an identity. */
export function ofIdentity(pieces: readonly ArtifactRef[], identity: string): boolean {
  return pieces.every(({ key }) => key.startsWith(folderOf(identity)));
}

/** The outputs of a stage's tasks. A piece that is gone was cleared by whoever committed the stage meanwhile: the next attempt finds that. */
export async function readPieces(store: Store, pieces: readonly ArtifactRef[]): Promise<readonly StageOutput[]> {
  const outputs: StageOutput[] = [];
  for (const piece of pieces) outputs.push(await getJson<StageOutput>(store, piece));
  return outputs;
}

/** A committed stage needs its tasks' manifests no more. */
export async function clearPieces(store: Store, identity: string): Promise<void> {
  for await (const object of store.list(folderOf(identity))) await store.remove(object.key);
}
