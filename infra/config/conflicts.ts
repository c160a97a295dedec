import { DISPARITY_NAMES, headlineMetric } from '../../models/fairness/headline.ts';
import { DETECTOR_NAMES, LATENT_DETECTORS } from '../../models/outliers/detectors.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { Layers } from './layers.ts';
import type { FileConfig } from './schema.ts';
import { nearest } from './validate.ts';

type Refuse = (path: string, message: string) => void;

/** Keys whose columns can be nothing else: one that is the label cannot be the weight too. */
const SINGLE = ['id', 'label', 'score', 'prediction', 'weight'] as const;

/** A column that two keys name, or one list twice. */
function doubleUse({ data }: FileConfig, refuse: Refuse): void {
  for (const [i, key] of SINGLE.entries()) {
    const name = data[key], other = SINGLE.slice(0, i).find((before) => data[before] === name);
    if (name !== null && other !== undefined) refuse(`data.${key}`, `${name} is both data.${other} and data.${key}: name another column in one of them`);
    if (name !== null && key !== 'label' && data.protected.includes(name)) refuse('data.protected', `${name} is both data.${key} and protected: take it out of one of them`);
  }
  for (const list of ['protected', 'exclude'] as const) {
    const twice = data[list].find((name, i) => data[list].indexOf(name) < i);
    if (twice !== undefined) refuse(`data.${list}`, `${twice} stands in the list twice: take one out`);
  }
}

/** Columns used for what excludes each other. */
function columnConflicts({ data, fairness }: FileConfig, refuse: Refuse): void {
  for (const name of data.protected) {
    if (data.exclude.includes(name)) refuse('data.exclude', `${name} is both protected and excluded: take it out of one list`);
    if (name === data.label) refuse('data.protected', `${name} is both the label and protected: a label cannot be a group of its own audit`);
  }
  if (data.positive !== null && data.label === null) refuse('data.positive', 'data.positive needs data.label: name the column it is a value of');
  for (const name of Object.keys(fairness.reference)) {
    if (!data.protected.includes(name) && !name.includes('*')) refuse('fairness.reference', `${name} is no protected attribute; those are: ${data.protected.join(', ') || 'none'}`);
  }
}

function unknownNames(path: string, names: readonly string[], known: readonly string[], isKnown: (name: string) => boolean, refuse: Refuse): void {
  for (const name of names.filter((each) => !isKnown(each))) {
    const near = nearest(name, known);
    refuse(path, `there is no ${name}${near === null ? '' : `, did you mean ${near}?`}; there are: ${known.join(', ')}`);
  }
}

/** Scores of the network take no part in `train: normal`: its networks are fitted to all rows, the anomalies among them. */
function onlyNetworks({ outliers: { train, detectors } }: FileConfig, refuse: Refuse): void {
  const latent: readonly string[] = LATENT_DETECTORS, others = DETECTOR_NAMES.filter((name) => !latent.includes(name));
  if (train !== 'normal' || detectors === 'auto' || detectors.some((name) => !latent.includes(name))) return;
  refuse('outliers.detectors', `with outliers.train: normal at least one must be fitted to normal rows alone, and ${detectors.join(', ')} ${detectors.length === 1 ? 'comes' : 'come'} from networks that are fitted to all rows; add some of ${others.join(', ')}, or use outliers.train: all`);
}

/** Networks whose loss weighs a KL term. */
const KINDS_WITH_BETA: ReadonlySet<string> = new Set(['vae', 'beta-vae']);

function onlyKindsWithBeta({ model: { kind, beta } }: FileConfig, refuse: Refuse): void {
  if (typeof beta === 'number' || KINDS_WITH_BETA.has(kind)) return;
  refuse('model.beta', `the ${kind} network has no KL term for β to weigh, so that networks of several values would all be the same; set model.kind to ${[...KINDS_WITH_BETA].join(' or ')}, or leave model.beta out`);
}

/** What is right key by key and wrong together, or names something that does not exist. @throws ConfigError `conflict`. */
export function refuseConflicts(config: FileConfig, layers: Layers): void {
  const problems: ConfigProblem[] = [];
  const refuse: Refuse = (path, message) => { problems.push({ code: 'conflict', path, origin: layers.origins.get(path) ?? null, message: `${path}: ${message}` }); };
  columnConflicts(config, refuse);
  doubleUse(config, refuse);
  const { fairness, outliers } = config;
  const isMetric = (name: string): boolean => headlineMetric(name) !== null;
  if (fairness.headline !== 'auto') unknownNames('fairness.headline', fairness.headline, DISPARITY_NAMES, isMetric, refuse);
  unknownNames('fairness.tolerance', Object.keys(fairness.tolerance).filter((name) => name !== 'default'), DISPARITY_NAMES, isMetric, refuse);
  onlyNetworks(config, refuse);
  onlyKindsWithBeta(config, refuse);
  if (outliers.detectors !== 'auto') unknownNames('outliers.detectors', outliers.detectors, DETECTOR_NAMES, (name) => DETECTOR_NAMES.includes(name), refuse);
  if (problems.length > 0) throw new ConfigError(problems);
}
