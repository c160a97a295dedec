import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphLoader } from '../../models/engine/capture/node-backend.ts';

/** Loads a graph through a temporary folder, the only way that the binding knows; the folder goes as soon as the session has it. */
export const graphLoader: GraphLoader = {
  load(savedModel, binding) {
    const folder = mkdtempSync(join(tmpdir(), 'penumbra-graph-'));
    try {
      writeFileSync(join(folder, 'saved_model.pb'), savedModel);
      return binding.loadSavedModel(folder, 'serve');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
