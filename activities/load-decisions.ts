import { Float64, makeData, makeVector, Table, tableToIPC, Uint8 } from 'apache-arrow';
import type { Store } from '../infra/store/store.ts';
import { artifactOf, artifactsOf, getJson, putArtifact, putJson, readManifest, rowsOf } from './artifacts.ts';
import { fillColumns } from './fill-columns.ts';
import type { ArtifactRef } from './types.ts';

/** What was decided of every usable row, in row order, and by whom. */
export interface Decisions {
  readonly source: 'prediction' | 'score' | 'reference';
  readonly description: string;
  readonly threshold: number | null;
  /** [n] NaN missing; out of fold for the reference classifier. */
  readonly score: Float64Array | null;
  /** [n] 1, 0, 255 missing */
  readonly decision: Uint8Array;
  /** Logistic regression on the encoded features: the reference classifier fitted on the train part, or a surrogate of the audited decisions. */
  readonly surrogate: { readonly weights: readonly number[]; readonly intercept: number; readonly description: string } | null;
}

interface Description extends Pick<Decisions, 'source' | 'description' | 'threshold'> {
  readonly scored: boolean;
}

const PART_ROWS = 262_144;

function partOf({ score, decision }: Decisions, from: number, to: number): Uint8Array {
  const decided = makeVector(makeData({ type: new Uint8(), data: decision.slice(from, to) }));
  const scored = score === null ? {} : { score: makeVector(makeData({ type: new Float64(), data: score.slice(from, to) })) };
  return tableToIPC(new Table({ decision: decided, ...scored }), 'file');
}

/** Stores decisions as the fairness stage's artifacts `decisions` (Arrow parts) and `decided-by` (JSON; null when there is nothing to audit). */
export async function storeDecisions(store: Store, decisions: Decisions | null): Promise<{ 'decisions': ArtifactRef[]; 'decided-by': ArtifactRef[]; surrogate: ArtifactRef[] }> {
  if (decisions === null) return { decisions: [], 'decided-by': [await putJson(store, null)], surrogate: [] };
  const { source, description, threshold, score, surrogate, decision } = decisions;
  const parts: ArtifactRef[] = [];
  for (let from = 0; from < decision.length; from += PART_ROWS) {
    const to = Math.min(decision.length, from + PART_ROWS);
    parts.push(await putArtifact(store, partOf(decisions, from, to), to - from));
  }
  const head = { source, description, threshold, scored: score !== null };
  return { decisions: parts, 'decided-by': [await putJson(store, head)], surrogate: surrogate === null ? [] : [await putJson(store, surrogate)] };
}

/** @returns null when there was neither a decision nor a label to learn one from */
export async function loadDecisions(store: Store, fairness: ArtifactRef): Promise<Decisions | null> {
  const manifest = await readManifest(store, fairness);
  const head = await getJson<Description | null>(store, artifactOf(manifest, 'decided-by'));
  if (head === null) return null;
  const refs = artifactsOf(manifest, 'decisions');
  const rows = rowsOf(refs);
  const decision = new Uint8Array(rows), score = head.scored ? new Float64Array(rows) : null;
  await fillColumns(store, refs, { decision, ...(score === null ? {} : { score }) });
  const [stored] = artifactsOf(manifest, 'surrogate');
  const surrogate = stored === undefined ? null : await getJson<NonNullable<Decisions['surrogate']>>(store, stored);
  return { source: head.source, description: head.description, threshold: head.threshold, score, decision, surrogate };
}
