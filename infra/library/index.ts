/** `penumbra`: an audit from code. The maths alone, without Temporal and tensors, is in `penumbra/fairness`, `penumbra/outliers` and the others. */
export { runAudit, type RunAuditOptions } from './run-audit.ts';
export { readResult } from './read-result.ts';
export type { AuditSpecification } from './audit-specification.ts';
export type { AuditDocuments, AuditProgress, AuditResult, ReportSummary, ResultFile } from './audit-result.ts';
export { AuditError } from './audit-error.ts';
export { ConfigError, type ConfigProblem } from '../config/config-error.ts';
export { SetupError } from '../setup/setup-error.ts';
export { ConnectError } from '../temporal/connect-error.ts';
export type { StageName } from '../../activities/types.ts';
export { STAGES } from '../../activities/types.ts';
