import { writeMatrixPart } from '../infra/readers/matrix-part.ts';
import { SortedNumbers } from '../infra/readers/sorted-numbers.ts';
import { Spill } from '../infra/readers/spill.ts';
import { encodeRows } from '../models/encode/encode-rows.ts';
import { EncoderFit } from '../models/encode/fit-encoder.ts';
import type { Encoder } from '../models/encode/types.ts';
import { MAXIMUM_OBJECT_BYTES, inputOf, putArtifact } from './artifacts.ts';
import { DataError } from './data-error.ts';
import { datasetParts, loadProfile } from './dataset-parts.ts';
import { partsOfSize } from './parts-of-size.ts';
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
  version: 2,
  async run({ config, inputs }, context) {
    const ingest = inputOf(inputs, 'ingest'), spill = new Spill();
    try {
      const encoder = await fit(ingest, config, spill, context);
      if (encoder.width === 0) throw noFeatures(encoder);
      // Written with all digits, unlike documents for people, so that the stored encoder is the one that encoded.
      const encoderRef = await putArtifact(context.store, new TextEncoder().encode(JSON.stringify(encoder)));
      const parts = await writeParts(encoder, encoderRef.sha256, ingest, context);
      return {
        artifacts: { x: parts, summary: [encoderRef] },
        summary: { features: encoder.width, columns: encoder.columns.length, omitted: encoder.omitted.length },
      };
    } finally {
      spill.close();
    }
  },
};

async function fit(ingest: ArtifactRef, { numbers }: EncodeConfig, spill: Spill, { store, signal }: StageContext): Promise<Encoder> {
  const { columns } = await loadProfile(store, ingest), roles = new Map(columns.map((column) => [column.name, column.roles]));
  const encoderFit = new EncoderFit({ numbers, rolesOf: (name) => roles.get(name) ?? [], sorter: () => new SortedNumbers(spill) });
  for await (const { table, split } of datasetParts(store, ingest)) {
    signal.throwIfAborted();
    encoderFit.add(table, split);
  }
  return encoderFit.finish();
}

async function writeParts(encoder: Encoder, digest: string, ingest: ArtifactRef, context: StageContext): Promise<readonly ArtifactRef[]> {
  const rowsPerPart = Math.max(1, Math.min(ROWS_PER_PART, Math.floor((MAXIMUM_OBJECT_BYTES - FRAME_BYTES) / (4 * encoder.width + 5))));
  const refs: ArtifactRef[] = [], { usable } = await loadProfile(context.store, ingest);
  let done = 0;
  for await (const { table, rowNumbers, split } of partsOfSize(datasetParts(context.store, ingest), rowsPerPart)) {
    context.signal.throwIfAborted();
    const part = { x: encodeRows(encoder, table, 0, table.rows), width: encoder.width, rowNumbers: rowNumbers.slice(), split: split.slice() };
    refs.push(await putArtifact(context.store, writeMatrixPart(part, digest), table.rows));
    done += table.rows;
    context.progress({ fraction: done / usable, detail: `${done} of ${usable} rows` });
  }
  return refs;
}

function noFeatures(encoder: Encoder): DataError {
  const reasons = encoder.omitted.map(({ name, reason }) => `${JSON.stringify(name)} (${reason})`).join(', ');
  return new DataError('no-features', `no column is left to learn from: ${reasons}; expected at least one that varies from row to row. Give more rows or columns, or take columns out of data.exclude`);
}
