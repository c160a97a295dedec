import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { ConnectError } from './connect-error.ts';
import { dataConverterFrom } from './payload-codec.ts';

export { ConnectError };

/** Where a Temporal service is; `null` address: the embedded one of this store. */
export interface TemporalConfig {
  readonly address: string | null;
  readonly namespace: string;
}

/** Connection options with TLS and API key from Temporal's own environment variables and configuration file. */
export function connectionOptions(address: string): ConnectionOptions {
  const { connectionOptions: fromEnvironment = {} } = loadClientConnectConfig();
  return { ...fromEnvironment, address };
}

/** @throws ConnectError when nothing answers at the address within the time. */
export async function connectClient(address: string, namespace: string, timeoutMs = 10_000): Promise<Client> {
  try {
    const connection = await Connection.connect({ ...connectionOptions(address), connectTimeout: timeoutMs });
    return new Client({ connection, namespace, ...dataConverterFrom() });
  } catch (error) {
    if (error instanceof ConnectError) throw error;
    throw new ConnectError(`no Temporal service answers at ${address}: ${(error as Error).message}. ` +
      'Start one there, name another with TEMPORAL_ADDRESS or --set temporal.address=HOST:PORT, or leave the address out to use the embedded server', { cause: error });
  }
}
