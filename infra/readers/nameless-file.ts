import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new file of the temporary folder (TMPDIR), open to read and write, whose name is gone already: it goes with the process, however that ends. */
export function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'penumbra-rows-'));
  try {
    return openSync(join(folder, 'rows'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
