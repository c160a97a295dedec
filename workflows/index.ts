export { auditWorkflow, progressQuery } from './audit.ts';
export { trainSeedWorkflow } from './train-seed.ts';
