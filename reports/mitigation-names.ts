import type { ChangeVerdict, Mitigation } from '../models/mitigation/types.ts';
import type { ColourName } from './palette.ts';

/** How a mitigation is spoken of, and drawn. */
export interface MitigationName {
  readonly label: string;
  readonly definition: string;
  readonly colour: ColourName;
  readonly shape: string;
}

export const MITIGATION_NAMES: Readonly<Record<Mitigation, MitigationName>> = {
  reweighing: { label: 'Reweighing', colour: 'blue', shape: 'circle',
    definition: 'Rows are weighted so that group and label are independent, and the classifier is fitted again (Kamiran and Calders 2012).' },
  disparate_impact_repair: { label: 'Disparate-impact repair', colour: 'orange', shape: 'square',
    definition: 'Numbers are moved to one distribution for all groups and the attribute is left out; categories that tell of the group stay (Feldman et al. 2015).' },
  latent_weights: { label: 'Latent weights', colour: 'green', shape: 'diamond',
    definition: 'Rows where the latent space is thin count more, whoever they are; no group is named.' },
  latent_resampling: { label: 'Latent resampling', colour: 'purple', shape: 'triangle-up',
    definition: 'The same weights, used to draw rows instead of weighing them.' },
  group_thresholds_selection: { label: 'Thresholds: selection', colour: 'ochre', shape: 'triangle-down',
    definition: 'The same score with a threshold for each group, set for equal selection rates. Deciding by group can itself be unlawful.' },
  group_thresholds_odds: { label: 'Thresholds: odds', colour: 'grey', shape: 'triangle-right',
    definition: 'The same score with a threshold for each group, set for true and false positive rates as near as they come. Deciding by group can itself be unlawful.' },
};

/** The mark of a change by verdict: shape and word; colour comes from the class. */
export const CHANGE_MARKS: Readonly<Record<ChangeVerdict, { readonly sign: string; readonly style: string }>> = {
  better: { sign: '▲', style: 'parity' }, worse: { sign: '▼', style: 'disparity' }, undecided: { sign: '■', style: 'undecided' },
};
