import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { WorkerDeploymentOptions } from '@temporalio/worker';
import { codeVersion } from '../setup/code-version.ts';

const DEPLOYMENT = 'penumbra';
const PATIENCE_MS = 30_000;

/** `0.1.0-1f0c2d3e4f5a`: the package's version and the first of the hash of its sources. */
export function buildId(code = codeVersion()): string {
  const [version, hash] = code.split('+sha256:');
  return `${version}-${hash!.slice(0, 12)}`;
}

/** An audit ends on the version it began on, whatever newer workers come. */
export function pinned(): WorkerDeploymentOptions {
  return { version: { deploymentName: DEPLOYMENT, buildId: buildId() }, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' };
}

/** The version that new audits begin on; null while none was chosen or the service knows no worker of ours. */
async function currentVersion({ workflowService, options: { namespace } }: Client): Promise<string | null> {
  const { workerDeploymentInfo } = await workflowService.describeWorkerDeployment({ namespace, deploymentName: DEPLOYMENT });
  return workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId ?? null;
}

/**
 * Makes this version the one that new audits begin on, when none is yet or when told to.
 * @returns the version they begin on; null when stopped before that was settled.
 */
export async function offerVersion(client: Client, takeOver: boolean, stopped: AbortSignal): Promise<string | null> {
  const mine = buildId(), { workflowService, options: { namespace } } = client;
  for (const deadline = performance.now() + PATIENCE_MS; !stopped.aborted; await sleep(300, undefined, { signal: stopped }).catch(() => {})) {
    try {
      const current = await currentVersion(client);
      if (current === mine || (current !== null && !takeOver)) return current;
      await workflowService.setWorkerDeploymentCurrentVersion({ namespace, deploymentName: DEPLOYMENT, buildId: mine, identity: 'penumbra worker', ignoreMissingTaskQueues: true });
    } catch (error) {
      // The service learns of a version when its first worker polls.
      if (performance.now() > deadline) throw error;
    }
  }
  return null;
}
