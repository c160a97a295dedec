import type { BackendChoice } from '../../activities/audit-config.ts';

/**
 * The backend that `auto` means on this machine: the fastest that is built. A result records it, so it is settled before an audit
 * begins and not by each process for itself.
 */
export function resolveBackend(choice: BackendChoice): BackendChoice {
  return choice === 'auto' ? 'wasm' : choice;
}
