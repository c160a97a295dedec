import { CancellationScope, defineQuery, isCancellation, patched, proxyActivities, setHandler, upsertSearchAttributes, ApplicationFailure } from '@temporalio/workflow';
import type { AuditActivities, AuditRecord, AuditState } from '../activities/activities.ts';
import type { ArtifactRef } from '../activities/types.ts';
import { AuditStages } from './audit-stages.ts';
import { ProgressBoard } from './progress-board.ts';
import { rootCause } from './root-cause.ts';
import { stageClosure } from './stage-needs.ts';
import type { AuditInput, AuditProgress, AuditResult } from './types.ts';

export const progressQuery = defineQuery<AuditProgress>('progress');

function rootFailure(error: unknown): { kind: 'data' | 'infrastructure'; message: string } {
  const cause = rootCause(error), message = cause instanceof Error ? cause.message : String(cause);
  return { kind: cause instanceof ApplicationFailure && cause.type === 'DataError' ? 'data' : 'infrastructure', message };
}

/**
 * One audit: every stage as soon as what it needs is there, references only between them, then the record and the files.
 * Its history holds the configuration and references, never data.
 */
export async function auditWorkflow(input: AuditInput): Promise<AuditResult> {
  const wanted = stageClosure(input.only);
  const board = new ProgressBoard(wanted);
  const stages = new AuditStages(input, board);
  let state: AuditState = 'running';
  setHandler(progressQuery, () => ({ state, stages: board.stages, children: stages.children, ...(stages.furtherNetworks === 0 ? {} : { further: stages.furtherNetworks }) }));
  if (input.searchAttributes) upsertSearchAttributes({ PenumbraName: [input.config.name] });
  const started = Date.now();

  const { finish } = proxyActivities<AuditActivities>({ startToCloseTimeout: '10 minutes', taskQueue: input.queues.workflow,
    retry: { initialInterval: '1 second', maximumAttempts: 5, nonRetryableErrorTypes: ['DataError'] } });
  const end = (outcome: Pick<AuditRecord, 'state' | 'report' | 'failure'>): Promise<AuditResult> => finish({
    id: input.id, name: input.config.name, out: input.out, stages: board.stages, verdict: null, seconds: (Date.now() - started) / 1000,
    provenance: input.provenance, ...outcome,
  });

  try {
    const scope = new CancellationScope();
    const report = await scope.run(async (): Promise<ArtifactRef | null> => {
      const all = stages.whole(wanted);
      try {
        await Promise.all(all);
      } catch (error) {
        scope.cancel();
        await Promise.allSettled(all);
        // Audits begun before ended with the first network that did, and replay so.
        if (patched('networks-end-first')) await stages.networksEnded();
        throw error;
      }
      return wanted.includes('report') ? (await stages.manifests('report'))[0]! : null;
    });
    const result = await stages.withWholeInputs(() => end({ state: 'completed', report, failure: null }));
    state = 'completed';
    if (input.searchAttributes && result.verdict !== null) upsertSearchAttributes({ PenumbraVerdict: [result.verdict] });
    return result;
  } catch (error) {
    state = isCancellation(error) ? 'cancelled' : 'failed';
    const failed = state === 'failed' ? stages.failed : null;
    board.stopRunning();
    if (failed !== null) board.failed(failed);
    const failure = state === 'failed' ? { ...rootFailure(error), stage: failed } : null;
    await CancellationScope.nonCancellable(() => end({ state, report: null, failure }));
    throw error;
  }
}
