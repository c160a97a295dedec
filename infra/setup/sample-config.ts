import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SAMPLES } from './samples.ts';

/** Path of the ready configuration of `sample:NAME`; null for anything else. */
export function sampleConfig(data: string | null): string | null {
  const sample = SAMPLES.find((each) => data === `sample:${each.name}`);
  if (sample === undefined) return null;
  const path = fileURLToPath(new URL(`../samples/${sample.name}.yaml`, import.meta.url));
  return existsSync(path) ? path : null;
}
