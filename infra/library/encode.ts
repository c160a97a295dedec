/** `penumbra/encode`: a table as features and back, its stable split, its profile. Pure maths. */
export { decodeColumn } from '../../models/encode/decode.ts';
export { encodeRows } from '../../models/encode/encode-rows.ts';
export { fitEncoder, type EncoderOptions } from '../../models/encode/fit-encoder.ts';
export { markPositive } from '../../models/encode/mark-positive.ts';
export { profileColumn } from '../../models/encode/profile-column.ts';
export type * from '../../models/encode/profile-types.ts';
export { splitOf } from '../../models/encode/split.ts';
export type * from '../../models/encode/types.ts';
