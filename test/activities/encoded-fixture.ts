import { writeMatrixPart } from '../../infra/readers/matrix-part.ts';
import { putArtifact, putJson } from '../../activities/artifacts.ts';
import type { Store } from '../../infra/store/store.ts';
import type { ArtifactRef, StageManifest } from '../../activities/types.ts';
import type { Encoder } from '../../models/encode/types.ts';
import { randomStream } from '../../models/engine/random.ts';

const standard = { kind: 'standard', mean: 0, std: 1 } as const;

/** Two hidden factors behind three numbers, one of them sometimes missing, and two categories. Width 11. */
export const ENCODER: Encoder = {
  width: 11,
  columns: [
    { kind: 'number', name: 'height', offset: 0, width: 1, missingIndicator: false, transform: standard, fill: 0 },
    { kind: 'category', name: 'colour', offset: 1, width: 4, levels: ['red', 'green', 'blue', '(missing)'] },
    { kind: 'number', name: 'weight', offset: 5, width: 2, missingIndicator: true, transform: standard, fill: 0 },
    { kind: 'number', name: 'depth', offset: 7, width: 1, missingIndicator: false, transform: standard, fill: 0 },
    { kind: 'category', name: 'shape', offset: 8, width: 3, levels: ['round', 'square', '(rare)'] },
  ],
  omitted: [],
};

export interface EncodedRows { readonly x: Float32Array; readonly split: Uint8Array; readonly rowNumbers: Uint32Array }

/** Every fifth row is in the validation part, every fifth in the test part; row numbers leave every seventh data row out. */
export function encodedRows(rows: number, seed = 1): EncodedRows {
  const { width } = ENCODER, x = new Float32Array(rows * width), random = randomStream(seed, 'fixture');
  for (let row = 0; row < rows; row++) {
    const a = random.normal(), b = random.normal(), at = row * width, missing = random.uniform() < 0.1;
    x[at] = 0.95 * a + 0.3 * random.normal();
    x[at + 1 + (a > 0.5 ? 0 : a > -0.5 ? 1 : random.uniform() < 0.9 ? 2 : 3)] = 1;
    x[at + 5] = missing ? 0 : 0.95 * b + 0.3 * random.normal();
    x[at + 6] = missing ? 1 : 0;
    x[at + 7] = 0.7 * (a - b) + 0.14 * random.normal();
    x[at + 8 + (b > 0.7 ? 0 : b > -1 ? 1 : 2)] = 1;
  }
  const split = Uint8Array.from({ length: rows }, (_, row) => (row % 5 < 3 ? 0 : row % 5 === 3 ? 1 : 2));
  return { x, split, rowNumbers: Uint32Array.from({ length: rows }, (_, row) => row + Math.floor(row / 6)) };
}

/** The manifest of an encode stage that stored these rows in parts of at most `partRows`. */
export async function storeEncoded(store: Store, { x, split, rowNumbers }: EncodedRows, partRows = Number.POSITIVE_INFINITY, encoder = ENCODER): Promise<ArtifactRef> {
  const summary = await putJson(store, encoder), parts: ArtifactRef[] = [], { width } = encoder;
  for (let first = 0; first < split.length; first += partRows) {
    const last = Math.min(split.length, first + partRows);
    const part = { x: x.slice(first * width, last * width), width, rowNumbers: rowNumbers.slice(first, last), split: split.slice(first, last) };
    parts.push(await putArtifact(store, writeMatrixPart(part, summary.sha256), last - first));
  }
  return storeManifest(store, { stage: 'encode', version: 1, identity: 'fixture', artifacts: { summary: [summary], x: parts }, summary: {} });
}

export function storeManifest(store: Store, manifest: StageManifest): Promise<ArtifactRef> {
  return putJson(store, manifest);
}
