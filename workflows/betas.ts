import type { ModelConfig } from '../activities/audit-config.ts';
import { stageClosure } from './stage-needs.ts';
import type { AuditInput } from './types.ts';

/** The β of the networks that the audit rests on: the only one, or the first of a list. */
export function ownBeta({ beta }: Pick<ModelConfig, 'beta'>): number {
  return typeof beta === 'number' ? beta : beta[0]!;
}

/** Values of β whose networks are trained beside the audit's own, to be reported and nothing else: where there is a report, or training was asked for. */
export function furtherBetas({ config: { model: { beta } }, only }: Pick<AuditInput, 'config' | 'only'>): readonly number[] {
  if (typeof beta === 'number') return [];
  const stages = stageClosure(only);
  return stages.includes('train') && (stages.includes('report') || only?.includes('train')) ? beta.slice(1) : [];
}
