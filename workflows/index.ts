export { auditWorkflow, progressQuery } from './audit.ts';
export { trainSeedWorkflow } from './train-seed.ts';
export { nightlyAuditWorkflow } from './nightly-audit.ts';
