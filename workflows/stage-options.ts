import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';

export const stageOptions: ActivityOptions = {
  // Training on tens of millions of rows without a GPU takes this long; liveness is the heartbeat's business.
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '20 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 5, nonRetryableErrorTypes: ['DataError'] },
};
