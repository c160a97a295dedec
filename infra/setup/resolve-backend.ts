import type { BackendChoice } from '../../activities/audit-config.ts';
import { DataError } from '../../activities/data-error.ts';
import { findTensorflow } from './tensorflow-build.ts';

/**
 * The backend that `auto` means on this machine: the fastest that is there. A result records it, so it is settled before an audit
 * begins and not by each process for itself.
 * @param here whether this machine will compute; what another has is seen there.
 * @throws DataError `backend-unavailable`.
 */
export function resolveBackend(choice: BackendChoice, here: boolean): BackendChoice {
  if (choice !== 'auto' && (choice !== 'tensorflow' || !here)) return choice;
  if (findTensorflow() !== null) return 'tensorflow';
  if (choice === 'auto') return 'wasm';
  throw new DataError('backend-unavailable', 'the tensorflow backend is not built on this machine: run penumbra setup tensorflow, or set backend to auto, wasm or cpu');
}
