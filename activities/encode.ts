import { writeMatrixPart } from '../infra/readers/matrix-part.ts';
import { encodeRows } from '../models/encode/encode-rows.ts';
import { fitEncoder } from '../models/encode/fit-encoder.ts';
import type { Encoder } from '../models/encode/types.ts';
import { MAXIMUM_OBJECT_BYTES, inputOf, putArtifact } from './artifacts.ts';
import { DataError } from './data-error.ts';
import { loadDataset } from './load-dataset.ts';
import type { Dataset } from './load-dataset.ts';
import type { Stage, StageContext } from './stage.ts';
import type { ArtifactRef } from './types.ts';

export interface EncodeConfig {
  readonly numbers: 'standard' | 'quantile';
}

const ROWS_PER_PART = 65_536;

/** Beside the features a row takes 5 bytes, and the file's frame some kilobytes. */
const FRAME_BYTES = 64 * 1024;

/**
 * Fits the encoder on the train part and encodes every usable row.
 * Artifacts: `x` (Arrow parts), `summary` (Encoder). @throws DataError `no-features` when no column is left to learn from.
 */
export const encode: Stage<EncodeConfig> = {
  name: 'encode',
  version: 1,
  async run({ config, inputs }, context) {
    const dataset = await loadDataset(context.store, inputOf(inputs, 'ingest'));
    const roles = new Map(dataset.profile.columns.map((column) => [column.name, column.roles]));
    const encoder = fitEncoder(dataset.table, dataset.split, { numbers: config.numbers, rolesOf: (name) => roles.get(name) ?? [] });
    if (encoder.width === 0) throw noFeatures(encoder);
    // Written with all digits, unlike documents for people, so that the stored encoder is the one that encoded.
    const encoderRef = await putArtifact(context.store, new TextEncoder().encode(JSON.stringify(encoder)));
    const parts = await writeParts(encoder, encoderRef.sha256, dataset, context);
    return {
      artifacts: { x: parts, summary: [encoderRef] },
      summary: { features: encoder.width, columns: encoder.columns.length, omitted: encoder.omitted.length },
    };
  },
};

async function writeParts(encoder: Encoder, digest: string, { table, rowNumbers, split }: Dataset, context: StageContext): Promise<readonly ArtifactRef[]> {
  const rowsPerPart = Math.max(1, Math.min(ROWS_PER_PART, Math.floor((MAXIMUM_OBJECT_BYTES - FRAME_BYTES) / (4 * encoder.width + 5))));
  const refs: ArtifactRef[] = [];
  for (let start = 0; start < table.rows; start += rowsPerPart) {
    context.signal.throwIfAborted();
    const end = Math.min(start + rowsPerPart, table.rows);
    const part = { x: encodeRows(encoder, table, start, end), width: encoder.width, rowNumbers: rowNumbers.slice(start, end), split: split.slice(start, end) };
    refs.push(await putArtifact(context.store, writeMatrixPart(part, digest), end - start));
    context.progress({ fraction: end / table.rows, detail: `${end} of ${table.rows} rows` });
  }
  return refs;
}

function noFeatures(encoder: Encoder): DataError {
  const reasons = encoder.omitted.map(({ name, reason }) => `${JSON.stringify(name)} (${reason})`).join(', ');
  return new DataError('no-features', `no column is left to learn from: ${reasons}; expected at least one that varies from row to row. Give more rows or columns, or take columns out of data.exclude`);
}
