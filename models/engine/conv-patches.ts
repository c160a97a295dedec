/** Shapes of a convolution over channels-last images. */
export interface ConvShape {
  readonly batchSize: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padInfo: { readonly top: number; readonly left: number };
}

/** Where one tap of the filter meets the images: calls `visit(pixel, patch)` for every patch whose tap lies inside its image. */
function visitTap(shape: ConvShape, row: number, column: number, visit: (pixel: number, patch: number) => void): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = shape;
  for (let image = 0; image < batchSize; image++) {
    for (let i = 0; i < outHeight; i++) {
      const y = i * strideHeight + row - padInfo.top;
      if (y < 0 || y >= inHeight) continue;
      const pixels = (image * inHeight + y) * inWidth, patches = (image * outHeight + i) * outWidth;
      for (let j = 0; j < outWidth; j++) {
        const x = j * strideWidth + column - padInfo.left;
        if (x >= 0 && x < inWidth) visit(pixels + x, patches + j);
      }
    }
  }
}

/**
 * Patches of images side by side ("im2col"), so that a convolution is a product of matrices.
 * images: [n, h, w, c]; out: [kh · kw · c, n · oh · ow], zero where a patch hangs over the border.
 */
export function patchesOf(shape: ConvShape, images: Float32Array, out: Float32Array): void {
  const { batchSize, outHeight, outWidth, filterHeight, filterWidth, inChannels } = shape, patches = batchSize * outHeight * outWidth;
  out.fill(0);
  for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
    const first = tap * inChannels;
    visitTap(shape, Math.floor(tap / filterWidth), tap % filterWidth, (pixel, patch) => {
      const from = pixel * inChannels, to = first * patches + patch;
      for (let c = 0; c < inChannels; c++) out[to + c * patches] = images[from + c]!;
    });
  }
}

/** The transpose of `patchesOf`: adds every patch to the pixels it was taken from. patches: [kh · kw · c, n · oh · ow]; out: [n, h, w, c] */
export function addPatches(shape: ConvShape, values: Float32Array, out: Float32Array): void {
  const { batchSize, outHeight, outWidth, filterHeight, filterWidth, inChannels } = shape, patches = batchSize * outHeight * outWidth;
  out.fill(0);
  for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
    const first = tap * inChannels;
    visitTap(shape, Math.floor(tap / filterWidth), tap % filterWidth, (pixel, patch) => {
      const to = pixel * inChannels, from = first * patches + patch;
      for (let c = 0; c < inChannels; c++) out[to + c]! += values[from + c * patches]!;
    });
  }
}
