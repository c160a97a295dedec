import { storeErrors } from '../../infra/store/store-error.ts';
import type { Store, StoredObject } from '../../infra/store/store.ts';
import type { StageContext } from '../../activities/stage.ts';

/** A store in memory, for tests of stages. */
export class MemoryStore implements Store {
  readonly objects = new Map<string, Uint8Array>();

  async get(key: string): Promise<Uint8Array> {
    const bytes = this.objects.get(key);
    if (bytes === undefined) throw storeErrors.missing(key, 'memory');
    return bytes.slice();
  }
  async put(key: string, bytes: Uint8Array): Promise<void> { this.objects.set(key, bytes.slice()); }
  async putIfAbsent(key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    if (this.objects.has(key)) return 'exists';
    await this.put(key, bytes);
    return 'created';
  }
  async stat(key: string): Promise<StoredObject | null> {
    const bytes = this.objects.get(key);
    return bytes === undefined ? null : { key, bytes: bytes.length, modified: 0 };
  }
  async *list(prefix: string): AsyncIterable<StoredObject> {
    for (const key of [...this.objects.keys()].sort()) if (key.startsWith(prefix)) yield { key, bytes: this.objects.get(key)!.length, modified: 0 };
  }
  async remove(key: string): Promise<void> { this.objects.delete(key); }
  removeLeftovers(): Promise<readonly StoredObject[]> { return Promise.resolve([]); }
}

export interface TestContext extends StageContext {
  readonly details: string[];
  readonly saved: { step: number; bytes: Uint8Array }[];
}

/** A stage's context over a store; `latest` is the checkpoint an earlier attempt left. */
export function testContext(store: Store, latest: { step: number; bytes: Uint8Array } | null = null, signal = new AbortController().signal): TestContext {
  const details: string[] = [], saved: { step: number; bytes: Uint8Array }[] = [];
  return {
    store, signal, details, saved,
    progress: ({ detail }) => { details.push(detail ?? ''); },
    checkpoints: {
      latest: () => Promise.resolve(saved.at(-1) ?? latest),
      save: (step, bytes) => {
        saved.push({ step, bytes });
        return Promise.resolve({ key: `checkpoints/test/${step}`, sha256: '', bytes: bytes.length });
      },
    },
  };
}
