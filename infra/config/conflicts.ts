import { DISPARITY_NAMES, headlineMetric } from '../../models/fairness/headline.ts';
import { DETECTOR_NAMES } from '../../models/outliers/detectors.ts';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import type { Layers } from './layers.ts';
import type { FileConfig } from './schema.ts';
import { nearest } from './validate.ts';

type Refuse = (path: string, message: string) => void;

/** Columns used for what excludes each other. */
function columnConflicts({ data, fairness }: FileConfig, refuse: Refuse): void {
  for (const name of data.protected) {
    if (data.exclude.includes(name)) refuse('data.exclude', `${name} is both protected and excluded: take it out of one list`);
    if (name === data.label) refuse('data.protected', `${name} is both the label and protected: a label cannot be a group of its own audit`);
  }
  if (data.positive !== null && data.label === null) refuse('data.positive', 'data.positive needs data.label: name the column it is a value of');
  if (data.label !== null && (data.label === data.score || data.label === data.prediction)) refuse('data.label', `${data.label} is both the label and the audited score or decision`);
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

/** What is right key by key and wrong together, or names something that does not exist. @throws ConfigError `conflict`. */
export function refuseConflicts(config: FileConfig, layers: Layers): void {
  const problems: ConfigProblem[] = [];
  const refuse: Refuse = (path, message) => { problems.push({ code: 'conflict', path, origin: layers.origins.get(path) ?? null, message: `${path}: ${message}` }); };
  columnConflicts(config, refuse);
  const { fairness, outliers } = config;
  const isMetric = (name: string): boolean => headlineMetric(name) !== null;
  if (fairness.headline !== 'auto') unknownNames('fairness.headline', fairness.headline, DISPARITY_NAMES, isMetric, refuse);
  unknownNames('fairness.tolerance', Object.keys(fairness.tolerance).filter((name) => name !== 'default'), DISPARITY_NAMES, isMetric, refuse);
  if (outliers.detectors !== 'auto') unknownNames('outliers.detectors', outliers.detectors, DETECTOR_NAMES, (name) => DETECTOR_NAMES.includes(name), refuse);
  if (problems.length > 0) throw new ConfigError(problems);
}
