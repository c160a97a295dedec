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

/** Where decisions lie: `decisions` (Arrow, one object for each part of the data), `decided-by` and `surrogate` (JSON). */
export type StoredDecisions = {
  readonly decisions: readonly ArtifactRef[];
  readonly 'decided-by': readonly ArtifactRef[];
  readonly surrogate: readonly ArtifactRef[];
};

function partOf({ score, decision }: Decisions, from: number, to: number): Uint8Array {
  const decided = makeVector(makeData({ type: new Uint8(), data: decision.slice(from, to) }));
  const scored = score === null ? {} : { score: makeVector(makeData({ type: new Float64(), data: score.slice(from, to) })) };
  return tableToIPC(new Table({ decision: decided, ...scored }), 'file');
}

/** Stores decisions as the fairness stage's artifacts. partRows: rows of each part of the data, in order */
export async function storeDecisions(store: Store, decisions: Decisions | null, partRows: readonly number[] = [decisions?.decision.length ?? 0]): Promise<StoredDecisions> {
  if (decisions === null) return { decisions: [], 'decided-by': [await putJson(store, null)], surrogate: [] };
  const { source, description, threshold, score, surrogate } = decisions, parts: ArtifactRef[] = [];
  let from = 0;
  for (const rows of partRows) {
    parts.push(await putArtifact(store, partOf(decisions, from, from + rows), rows));
    from += rows;
  }
  const head = { source, description, threshold, scored: score !== null };
  return { decisions: parts, 'decided-by': [await putJson(store, head)], surrogate: surrogate === null ? [] : [await putJson(store, surrogate)] };
}

/** What was decided of the rows of one part: 1, 0, 255 missing. */
export async function readDecided(store: Store, part: ArtifactRef): Promise<Uint8Array> {
  const decision = new Uint8Array(part.rows ?? 0);
  await fillColumns(store, [part], { decision });
  return decision;
}

export async function readDecisions(store: Store, { decisions: refs, 'decided-by': by, surrogate: [stored] }: StoredDecisions): Promise<Decisions | null> {
  const head = await getJson<Description | null>(store, by[0]!);
  if (head === null) return null;
  const rows = rowsOf(refs), decision = new Uint8Array(rows), score = head.scored ? new Float64Array(rows) : null;
  await fillColumns(store, refs, { decision, ...(score === null ? {} : { score }) });
  const surrogate = stored === undefined ? null : await getJson<NonNullable<Decisions['surrogate']>>(store, stored);
  return { source: head.source, description: head.description, threshold: head.threshold, score, decision, surrogate };
}

/** @returns null when there was neither a decision nor a label to learn one from */
export async function loadDecisions(store: Store, fairness: ArtifactRef): Promise<Decisions | null> {
  const manifest = await readManifest(store, fairness);
  return readDecisions(store, { decisions: artifactsOf(manifest, 'decisions'), 'decided-by': [artifactOf(manifest, 'decided-by')], surrogate: artifactsOf(manifest, 'surrogate') });
}
