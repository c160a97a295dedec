/** `penumbra/reference`: the plain classifier that decisions are held against: cross-fitted logistic regression. Pure maths. */
export { crossFitLogistic, type CrossFit, type CrossFitInput } from '../../models/reference/cross-fit.ts';
export { fitLogistic, predictLogistic, type LogisticModel, type LogisticOptions } from '../../models/reference/logistic.ts';
export { sparseRows, type SparseRows } from '../../models/reference/sparse-rows.ts';
