import normalLogCdf from '@stdlib/stats-base-dists-normal-logcdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** Up to here e^−nats is far enough from 0 for the quantile function, which returns infinities below about 1e−16. */
const QUANTILE_NATS = 25;
const NEWTON_STEPS = 6;
const LOWEST = -8;

/** The standard normal deviate z whose upper tail P(Z > z) is e^−nats, at least −8; finite for every finite nats ≥ 0. */
export function tailDeviate(nats: number): number {
  if (nats <= QUANTILE_NATS) return Math.max(LOWEST, -normalQuantile(Math.exp(-nats), 0, 1));
  let z = Math.sqrt(2 * nats);
  // Newton's method on −ln Φ(−z), whose slope is the hazard φ(z)/Φ(−z).
  for (let i = 0; i < NEWTON_STEPS; i++) {
    const logTail = normalLogCdf(-z, 0, 1), hazard = Math.exp(-0.5 * z * z - 0.5 * Math.log(2 * Math.PI) - logTail);
    z -= (-logTail - nats) / hazard;
  }
  return z;
}
