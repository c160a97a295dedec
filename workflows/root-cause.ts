import { ActivityFailure, ChildWorkflowFailure } from '@temporalio/workflow';

/** What an activity failed of, below the wrappers that child workflows and activities put round it. */
export function rootCause(error: unknown): unknown {
  let cause = error;
  while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) && cause.cause !== undefined) cause = cause.cause;
  return cause;
}
