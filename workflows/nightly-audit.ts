import { defineSearchAttributeKey } from '@temporalio/common';
import { ApplicationFailure, executeChild, isCancellation, proxyActivities, workflowInfo, CancellationScope, ParentClosePolicy } from '@temporalio/workflow';
import type { NightEnd, NightInput, NightlyActivities, NightRequest, NightResult } from '../activities/nightly-types.ts';
import type { auditWorkflow } from './audit.ts';
import { rootCause } from './root-cause.ts';
import type { AuditInput } from './types.ts';

const SCHEDULED = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/** Why an audit gave no result. */
function failureOf(error: unknown): NonNullable<NightEnd['failure']> {
  const cause = rootCause(error), message = cause instanceof Error ? cause.message : String(cause);
  if (isCancellation(error)) return { kind: 'cancelled', message };
  return { kind: cause instanceof ApplicationFailure && cause.type === 'DataError' ? 'data' : 'infrastructure', message };
}

/**
 * One night of a schedule: the audit with the stored configuration, then what changed since the last good night and the baseline, the watch's
 * ledger, and the alarms. A night that fails has an entry in the ledger like any other.
 */
export async function nightlyAuditWorkflow(input: NightInput): Promise<NightResult> {
  const { typedSearchAttributes, startTime, workflowId, taskQueue } = workflowInfo();
  const night = (typedSearchAttributes.get(SCHEDULED) ?? startTime).toISOString();
  const request: NightRequest = { ...input, night, workflowId };
  // An outage of an hour loses no night.
  const retry = { initialInterval: '1 second', maximumInterval: '1 minute', maximumAttempts: 60, nonRetryableErrorTypes: ['DataError'] };
  // Comparing tables of tens of millions of rows takes hours; liveness is the heartbeat's business.
  const { judgeNight } = proxyActivities<NightlyActivities>({ taskQueue, startToCloseTimeout: '6 hours', heartbeatTimeout: '30 seconds', retry });
  const { prepareNight, tellNight } = proxyActivities<NightlyActivities>({ taskQueue, startToCloseTimeout: '5 minutes', retry });

  const plan = await prepareNight(request);
  let failure: NightEnd['failure'] = null;
  if (plan.auditId !== null) {
    try {
      await executeChild<typeof auditWorkflow>('auditWorkflow', { workflowId: plan.auditId, args: [plan.audit as unknown as AuditInput], parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL });
    } catch (error) {
      failure = failureOf(error);
    }
  }
  const end: NightEnd = { ...request, plan: { auditId: plan.auditId, outcome: plan.outcome, sentence: plan.sentence }, failure };
  return CancellationScope.nonCancellable(async () => {
    const result = await judgeNight(end);
    await tellNight(request);
    return result;
  });
}
