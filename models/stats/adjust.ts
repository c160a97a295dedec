/** Positions of p in ascending order of p; ties keep their order. */
function ascending(p: ArrayLike<number>): number[] {
  return Array.from({ length: p.length }, (_, i) => i).sort((a, b) => p[a]! - p[b]! || a - b);
}

/**
 * Holm's step-down adjusted p-values (Holm 1979): rejecting where they are ≤ α keeps the chance of any false rejection ≤ α under
 * every dependence. Input order is kept.
 */
export function holm(p: ArrayLike<number>): number[] {
  const m = p.length;
  const adjusted = new Array<number>(m);
  let running = 0;
  for (const [rank, i] of ascending(p).entries()) {
    running = Math.max(running, Math.min(1, (m - rank) * p[i]!));
    adjusted[i] = running;
  }
  return adjusted;
}

/** q_(i) = min over j ≥ i of scale·m·p_(j)/j, at most 1. */
function stepUp(p: ArrayLike<number>, scale: number): number[] {
  const m = p.length;
  const adjusted = new Array<number>(m);
  const order = ascending(p);
  let running = 1;
  for (let rank = m; rank >= 1; rank--) {
    const i = order[rank - 1]!;
    running = Math.min(running, p[i]! * ((scale * m) / rank));
    adjusted[i] = running;
  }
  return adjusted;
}

/** Benjamini and Hochberg's (1995) q-values: false discovery rate ≤ q under independence or positive dependence. Input order is kept. */
export function benjaminiHochberg(p: ArrayLike<number>): number[] {
  return stepUp(p, 1);
}

/** Benjamini and Yekutieli's (2001) q-values: false discovery rate ≤ q under every dependence. Input order is kept. */
export function benjaminiYekutieli(p: ArrayLike<number>): number[] {
  let harmonic = 0;
  for (let i = 1; i <= p.length; i++) harmonic += 1 / i;
  return stepUp(p, harmonic);
}
