/** `penumbra/latent`: density of a latent space, who lies where it is thin, what each unit does. Pure maths; loads no Temporal and no tensors. */
export { effectTest, type EffectTest } from '../../models/latent/effect-test.ts';
export { estimateDensity, type DensityEstimate, type DensityInput } from '../../models/latent/estimate-density.ts';
export { fitMixture, type FitOptions, type FittedMixture } from '../../models/latent/fit-mixture.ts';
export { fitHistograms, histogramLogDensity, selectHistograms, type HistogramDensity } from '../../models/latent/histogram-density.ts';
export { latentMap, type LatentMapInput } from '../../models/latent/latent-map.ts';
export { likelihoodHonesty, type LikelihoodHonesty } from '../../models/latent/likelihood-honesty.ts';
export { mixtureComponents, mixtureFromComponents, mixtureLogDensity, responsibilities, type Mixture } from '../../models/latent/mixture.ts';
export { perturbLatents, type PerturbInput, type PushedModel } from '../../models/latent/perturb-latents.ts';
export type * from '../../models/latent/perturb-types.ts';
export { observedDifference, type ObservedRows } from '../../models/latent/observed-difference.ts';
export { activeUnits, pointsOf, unitMoments, type Points } from '../../models/latent/points.ts';
export { refitMixture, selectMixture, type SelectedMixture, type SelectOptions } from '../../models/latent/select-mixture.ts';
export { thinnestRows, thinRegions } from '../../models/latent/thin-regions.ts';
export type * from '../../models/latent/types.ts';
