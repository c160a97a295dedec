/** `penumbra/slices`: where something happens more often, in conditions a person can read. Pure maths. */
export { findSlices, type FoundSlices, type Measure, type SliceInput } from '../../models/slices/find-slices.ts';
export { hypergeometricTail } from '../../models/slices/hypergeometric-tail.ts';
export type * from '../../models/slices/types.ts';
