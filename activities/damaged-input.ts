import type { Store } from '../infra/store/store.ts';
import { StoreError } from '../infra/store/store-error.ts';
import { ArtifactError, damageOf, readManifest } from './artifacts.ts';
import { damageCode } from './damage-code.ts';
import type { StageInput, StageName } from './types.ts';

/** What a stage reads was damaged, or went away, after the stage that made it was found done: whoever asks that stage again has it mended. */
export class DamagedInput extends Error {
  /** Names the stage that has to be asked again. */
  readonly code: string;

  constructor(producer: StageName, damage: string) {
    super(`${damage}; the ${producer} stage computes it again`);
    this.name = 'DamagedInput';
    this.code = damageCode(producer);
  }
}

/** Whether an error may be due to an object that is not as it was written. */
export function saysDamage(error: unknown): boolean {
  return error instanceof ArtifactError ? error.code === 'corrupt' : error instanceof StoreError && error.code === 'missing';
}

/** The first of a stage's inputs of which the manifest, or an object that it names, is not whole; null when all are. */
export async function findDamagedInput(store: Store, inputs: StageInput['inputs']): Promise<DamagedInput | null> {
  for (const [producer, manifests] of Object.entries(inputs) as [StageName, StageInput['inputs'][StageName]][]) {
    for (const manifest of manifests ?? []) {
      let damage = await damageOf(store, manifest);
      for (const ref of damage === null ? Object.values((await readManifest(store, manifest)).artifacts).flat() : []) damage ??= await damageOf(store, ref);
      if (damage !== null) return new DamagedInput(producer, damage);
    }
  }
  return null;
}
