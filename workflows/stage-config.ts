import type { AuditConfig } from '../activities/audit-config.ts';
import type { LaterChecks } from '../activities/later-checks.ts';
import type { StageName } from '../activities/types.ts';
import { furtherBetas, ownBeta } from './betas.ts';
import { stageClosure } from './stage-needs.ts';
import type { AuditInput, AuditProgress } from './types.ts';

type Stages = AuditProgress['stages'];

/** The configuration as it stands in report.json: no folder, no machine. */
function publicConfig({ config }: AuditInput): unknown {
  return { ...config, data: { ...config.data, path: config.data.path.split(/[\\/]/).at(-1) ?? '' } };
}

/** What ingest checks for the stages that run later. */
function laterChecks({ config: { fairness: { reference, strata, intersections }, outliers: { train } }, only }: AuditInput): LaterChecks {
  const stages = stageClosure(only);
  return { fairness: stages.includes('fairness') ? { reference, strata, intersections } : null, outliers: stages.includes('outliers') ? { train } : null };
}

/**
 * What of the configuration each stage depends on: no more, or a change would compute again what it does not touch, and no less,
 * or a stage would be taken for computed that is not.
 */
export function stageConfig(name: StageName, input: AuditInput, stages: Stages): unknown {
  const { data, model, fairness, debias, outliers, report, seed, backend }: AuditConfig = input.config;
  const { seeds: _, reference, ...network } = model;
  const beta = ownBeta(model), further = furtherBetas(input);
  const located = { ...data, path: input.location };
  const groups = { protected: data.protected, bins: data.bins };
  switch (name) {
    case 'ingest': return { data: located, seed, checks: laterChecks(input) };
    case 'encode': return { numbers: model.numbers };
    case 'train': return { model: { ...network, beta }, backend };
    case 'latents': return { backend, precision: model.precision };
    case 'density': return { density: debias.density, ...groups };
    case 'fairness': return { fairness, data, reference };
    case 'outliers': return { outliers, data };
    case 'debias': return { debias, fairness, data, ...groups };
    case 'perturb': return { fairness, ...groups, backend };
    case 'slices': return { data, level: fairness.level };
    case 'report': return {
      name: input.config.name, seed, backend, code: input.code, html: report.html, configJson: publicConfig(input), ...(further.length === 0 ? {} : { betas: [beta, ...further] }),
      // Whether a stage was cached differs from run to run of the same audit; the report's bytes do not.
      stages: stages.map((stage) => ({ name: stage.name, state: stage.name === 'report' || stage.state === 'cached' ? 'completed' : stage.state })),
    };
  }
}
