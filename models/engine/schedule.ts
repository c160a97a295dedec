/** Share of the steps over which the learning rate rises from 0, and what it falls to. */
const RATE_WARM_UP = 0.02;
const RATE_FLOOR = 0.05;

/**
 * Learning rate of a step: linear warm-up, then a half cosine down to 5 % of the peak
 * (Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts).
 * @param progress 0 to 1: share of all steps that lie behind.
 */
export function learningRate(peak: number, progress: number): number {
  if (progress < RATE_WARM_UP) return peak * (0.1 + 0.9 * progress / RATE_WARM_UP);
  const phase = (progress - RATE_WARM_UP) / (1 - RATE_WARM_UP);
  return peak * (RATE_FLOOR + (1 - RATE_FLOOR) * 0.5 * (1 + Math.cos(Math.PI * phase)));
}

/** β times a linear warm-up from 0 (Bowman et al., CoNLL 2016; Sønderby et al., NeurIPS 2016). */
export function klWeight(beta: number, progress: number, warmUpShare: number): number {
  return warmUpShare > 0 ? beta * Math.min(1, progress / warmUpShare) : beta;
}
