import { isGrpcServiceError, type Client } from '@temporalio/client';
import { ConnectError } from './connect-error.ts';

/** The first server with pinned worker deployments. */
const OLDEST_SERVER: readonly [major: number, minor: number] = [1, 28];
const GRPC_NOT_FOUND = 5;
const GRPC_DENIED: ReadonlySet<number> = new Set([7, 16]);

/** @throws ConnectError for a server that lacks what workers need. A version that is no number (Temporal Cloud's own) passes. */
export function refuseOldServer(version: string, address: string): void {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  if (major === undefined || minor === undefined) return;
  if (major > OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor >= OLDEST_SERVER[1])) return;
  throw new ConnectError(`the Temporal server at ${address} is ${version}, but ${OLDEST_SERVER.join('.')} or later is needed: upgrade it, or leave temporal.address out to use the embedded one`);
}

/** Makes sure, before anything begins, that a service can do what is asked of it. @throws ConnectError in one line with the cure. */
export async function checkService({ workflowService }: Client, address: string, namespace: string): Promise<void> {
  refuseOldServer((await workflowService.getSystemInfo({})).serverVersion, address);
  try {
    await workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === GRPC_NOT_FOUND) {
      throw new ConnectError(`the Temporal service at ${address} has no namespace ${namespace}: create it (temporal operator namespace create ${namespace}), or name another with TEMPORAL_NAMESPACE or --set temporal.namespace=NAME`, { cause: error });
    }
    if (isGrpcServiceError(error) && GRPC_DENIED.has(error.code)) {
      throw new ConnectError(`the Temporal service at ${address} does not let us into the namespace ${namespace}: set TEMPORAL_API_KEY, or TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH, to valid ones`, { cause: error });
    }
    throw error;
  }
}
