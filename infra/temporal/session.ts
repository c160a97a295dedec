import type { Client } from '@temporalio/client';
import { openStore, type StoreConfig } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { checkService } from './check-service.ts';
import { connectClient, type TemporalConfig } from './connect.ts';
import { ensureHost, findHost } from './ensure-host.ts';

export interface Place {
  readonly store: StoreConfig;
  readonly temporal: TemporalConfig;
}

/** A store and, when somebody answers, a Temporal client. */
export interface Session {
  readonly place: Place;
  readonly store: Store;
  readonly client: Client;
  /** Whether this machine's background host serves it, and so can write files here. */
  readonly embedded: boolean;
  /** Temporal's own pages, when they are known. */
  readonly uiAddress: string | null;
}

/** Connects to what is configured, or to this store's host, which is started when none answers. */
export async function openSession(place: Place, say: (line: string) => void): Promise<Session> {
  const store = await openStore(place.store);
  const { address, namespace } = place.temporal;
  if (address !== null) {
    const client = await connectClient(address, namespace);
    await checkService(client, address, namespace);
    return { place, store, client, embedded: false, uiAddress: null };
  }
  const { client, host } = await ensureHost(place.store, say);
  return { place, store, client, embedded: true, uiAddress: host.uiAddress };
}

/** The same without starting anything: null when no host answers. */
export async function findSession(place: Place): Promise<Session | null> {
  if (place.temporal.address !== null) return openSession(place, () => {});
  const found = await findHost(place.store);
  if (found === null) return null;
  return { place, store: await openStore(place.store), client: found.client, embedded: true, uiAddress: found.host.uiAddress };
}
