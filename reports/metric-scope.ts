/** Whether a metric reads decisions or scores, and not labels alone: if so its numbers speak of a model. */
export function readsDecisions(metric: string): boolean {
  return !metric.startsWith('base_rate');
}
