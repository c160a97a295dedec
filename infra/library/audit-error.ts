import type { StageName } from '../../activities/types.ts';

/**
 * An audit that was begun and gave no result. `data`: the data or the configuration is at fault, the message says where and what to do;
 * `infrastructure`: a machine, a store or a service is; `cancelled`: somebody else stopped it.
 */
export class AuditError extends Error {
  readonly kind: 'data' | 'infrastructure' | 'cancelled';
  readonly id: string;
  readonly stage: StageName | null;
  constructor(message: string, facts: { readonly kind: AuditError['kind']; readonly id: string; readonly stage: StageName | null }) {
    super(message);
    this.name = 'AuditError';
    this.kind = facts.kind;
    this.id = facts.id;
    this.stage = facts.stage;
  }
}
