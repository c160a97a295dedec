import type { TestProject } from 'vitest/node';
import { startDevServer } from '../../infra/temporal/dev-server.ts';
import { workflowBundlePath } from '../../infra/temporal/workflow-bundle.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    temporalAddress: string;
    workflowBundle: string;
  }
}

/** One Temporal server for all system tests; each file uses task queues of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startDevServer({ say: (line) => process.stderr.write(`${line}\n`) });
  project.provide('temporalAddress', server.address);
  project.provide('workflowBundle', await workflowBundlePath());
  return () => server.stop();
}
