/**
 * KL(N(μ, diag σ²) ‖ N(0, I)) of every row, in nats (Kingma and Welling, "Auto-encoding variational Bayes", appendix B).
 * mu, logVar: [rows, units] → [rows]
 */
export function klPerRow(mu: Float32Array, logVar: Float32Array, units: number): Float32Array {
  const kl = new Float32Array(mu.length / units);
  for (let row = 0; row < kl.length; row++) {
    let total = 0;
    for (let i = row * units; i < (row + 1) * units; i++) total += mu[i]! * mu[i]! + Math.exp(logVar[i]!) - 1 - logVar[i]!;
    kl[row] = 0.5 * total;
  }
  return kl;
}
