/** Mean weight of the rare rows over the mean weight of the others. */
export function liftOf(weights: Float64Array, cluster: Int32Array, isRare: (cluster: number) => boolean): number {
  const sums = [0, 0], counts = [0, 0];
  for (let row = 0; row < weights.length; row++) {
    const rare = Number(isRare(cluster[row]!));
    sums[rare]! += weights[row]!;
    counts[rare]!++;
  }
  return sums[1]! / counts[1]! / (sums[0]! / counts[0]!);
}
