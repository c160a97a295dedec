import { sha256 } from './artifacts.ts';
import { canonicalJson } from './canonical-json.ts';
import { findDamagedInput, saysDamage } from './damaged-input.ts';
import type { Stage, StageContext } from './stage.ts';
import { commitSealed, findSealed } from './sealed-manifest.ts';
import { clearCheckpoints, stageCheckpoints } from './stage-checkpoints.ts';
import { clearPieces, ofIdentity, readPieces, runPiece } from './stage-pieces.ts';
import type { StageInput, StageManifest, StageName, StageOutcome, StageOutput } from './types.ts';

export type StageServices = Omit<StageContext, 'checkpoints'>;

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

/** What a stage's tasks depend on: its own identity, or that of the inputs which they need. */
function taskIdentity({ name, version, division }: Stage, input: StageInput, fingerprint: string): string {
  const needs = division?.needs ?? (Object.keys(input.inputs) as StageName[]);
  return stageIdentity(name, version, { ...input, inputs: Object.fromEntries(needs.map((need) => [need, input.inputs[need] ?? []])) }, fingerprint);
}

/** The manifests a stage reads, by their keys: what `gc` keeps for the sake of a result. */
function inputKeys({ inputs }: StageInput): NonNullable<StageManifest['inputs']> {
  return Object.fromEntries(Object.entries(inputs).map(([name, refs]) => [name, refs.map((ref) => ref.key)]));
}

const manifestKey = (stage: StageName, identity: string): string => `stages/${stage}/${identity}.json`;

/**
 * One stage from its request: found when some run has committed the same identity already, computed and committed otherwise.
 * Of several workers racing on one identity the first commits; since the result is a function of the input, the others find
 * the same bytes there.
 */
export async function runStage(stage: Stage, input: StageInput, services: StageServices): Promise<StageOutcome> {
  const { store, signal, warn = () => {} } = services;
  const fingerprint = await stage.fingerprint?.(input, signal) ?? '';
  const identity = stageIdentity(stage.name, stage.version, input, fingerprint), key = manifestKey(stage.name, identity);
  const found = await findSealed(store, key, warn);
  if (found !== null) {
    await stage.check?.(input, store, found);
    return { manifest: found, cached: true };
  }

  const early = input.share?.step === 'divide' && input.share.early === true;
  if (early && stage.division === undefined) return { tasks: [] };
  const pieces = taskIdentity(stage, input, fingerprint);
  const outcome = await computeOrSayDamage(stage, input, pieces, { ...services, checkpoints: stageCheckpoints(store, identity) });
  if (!('artifacts' in outcome)) return outcome;
  signal.throwIfAborted();
  const outside = fingerprint === '' ? {} : { fingerprint }, { artifacts, summary } = outcome;
  const manifest: StageManifest = { stage: stage.name, version: stage.version, identity, ...outside, inputs: inputKeys(input), artifacts, summary };
  const made = await commitSealed(store, key, manifest);
  await clearCheckpoints(store, identity);
  // Those of fewer inputs serve the next audit of the same data as well, until gc.
  if (pieces === identity) await clearPieces(store, pieces);
  await stage.check?.(input, store, made);
  return { manifest: made, cached: false };
}

/**
 * As `computeShare`. Pieces that are damaged or gone are done without: the work is done in one call, to the same bytes.
 * @throws DamagedInput when something that the stage reads is not whole any more
 */
async function computeOrSayDamage(stage: Stage, input: StageInput, identity: string, context: StageContext): Promise<StageOutput | StageOutcome> {
  try {
    return await computeShare(stage, input, identity, context);
  } catch (error) {
    if (!saysDamage(error) || context.signal.aborted) throw error;
    const damaged = await findDamagedInput(context.store, input.inputs);
    if (damaged !== null) throw damaged;
    if (input.share?.step !== 'join') throw error;
    const { share: _, ...whole } = input;
    return stage.run(whole, context);
  }
}

/** What one call has to do: all of the stage, its tasks' names, one task, or what joins them. */
async function computeShare(stage: Stage, input: StageInput, identity: string, context: StageContext): Promise<StageOutput | StageOutcome> {
  const { division } = stage, { share } = input;
  if (division === undefined || share === undefined) return stage.run(input, context);
  if (share.step === 'join') {
    // What depends on the machine too has pieces of machines of this kind alone; beside another's, all is computed here.
    const { share: { pieces }, ...whole } = { ...input, share };
    return ofIdentity(pieces, identity) ? division.join(input, await readPieces(context.store, pieces), context) : stage.run(whole, context);
  }
  if (share.step === 'task') return runPiece({ division, input, identity, task: share.task, context });
  const tasks = await division.tasks(input, context);
  if (tasks.length > 1 || share.early === true) return { tasks };
  return division.join(input, tasks.length === 0 ? [] : [await division.task(input, tasks[0]!, context)], context);
}
