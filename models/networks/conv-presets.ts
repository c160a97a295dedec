import { convVae } from './conv-vae.ts';
import type { ConvVae } from './conv-vae.ts';
import type { ImageShape } from './conv-stack.ts';

/** Filters of the DB-VAE's layers are these times 12. */
const DB_VAE_LAYERS = [
  { filters: 12, kernel: 5, stride: 2 }, { filters: 24, kernel: 5, stride: 2 }, { filters: 48, kernel: 3, stride: 2 }, { filters: 72, kernel: 3, stride: 2 },
] as const;

/**
 * The debiasing VAE of faces (Amini et al., AIES 2019, with the sizes of its public lab): 64×64×3 and others of about that size, four
 * convolutions with batch norm, a dense layer of 512, 100 latent units and one logit.
 * @param labelWeight by default the number of pixel values, which is what a mean over pixels beside a sum over labels comes to.
 */
export function convDbVae(image: ImageShape = { height: 64, width: 64, channels: 3 }, units = 100, labelWeight = image.height * image.width * image.channels): ConvVae {
  return convVae({ kind: 'conv-64-dbvae', image, layers: DB_VAE_LAYERS, hidden: 512, units, norm: { kind: 'batch' }, labelWeight });
}

/** A VAE of small images, 28×28×1 and the like: two convolutions with group norm, which has no state and takes batches of any size. */
export function smallConvVae(image: ImageShape = { height: 28, width: 28, channels: 1 }, units = 16, hidden = 128): ConvVae {
  const layers = [{ filters: 16, kernel: 3, stride: 2 }, { filters: 32, kernel: 3, stride: 2 }];
  return convVae({ kind: 'conv-vae', image, layers, hidden, units, norm: { kind: 'group', groups: 4 } });
}
