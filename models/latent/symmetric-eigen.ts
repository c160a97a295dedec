const SWEEPS = 60;
const TOLERANCE = 1e-14;

export interface Eigen {
  /** Descending. */
  readonly values: Float64Array;
  /** [d, d] row-major; row i is the unit eigenvector of values[i], its largest entry in absolute value positive. */
  readonly vectors: Float64Array;
}

function offDiagonal(a: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) sum += a[i * d + j]! ** 2;
  return Math.sqrt(sum);
}

/** Rotates rows and columns p, q of a, and rows p, q of v, so that a[p, q] becomes 0. */
function rotate(a: Float64Array, v: Float64Array, d: number, p: number, q: number): void {
  const apq = a[p * d + q]!;
  if (apq === 0) return;
  const theta = (a[q * d + q]! - a[p * d + p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1), s = t * c;
  for (let k = 0; k < d; k++) {
    const kp = a[k * d + p]!, kq = a[k * d + q]!;
    a[k * d + p] = c * kp - s * kq;
    a[k * d + q] = s * kp + c * kq;
  }
  for (let k = 0; k < d; k++) {
    const pk = a[p * d + k]!, qk = a[q * d + k]!, vp = v[p * d + k]!, vq = v[q * d + k]!;
    a[p * d + k] = c * pk - s * qk;
    a[q * d + k] = s * pk + c * qk;
    v[p * d + k] = c * vp - s * vq;
    v[q * d + k] = s * vp + c * vq;
  }
}

/** +1 or −1: the sign that makes the entry of largest size positive, so that a vector has one form. */
function signOf(vector: Float64Array): number {
  let largest = 0;
  for (const entry of vector) if (Math.abs(entry) > Math.abs(largest) + 1e-12) largest = entry;
  return largest < 0 ? -1 : 1;
}

/** Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, §8.5). matrix: [d, d]. */
export function symmetricEigen(matrix: ArrayLike<number>, d: number): Eigen {
  const a = Float64Array.from(matrix), v = new Float64Array(d * d);
  for (let i = 0; i < d; i++) v[i * d + i] = 1;
  const scale = Math.hypot(...a) || 1;
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(a, d) > TOLERANCE * scale; sweep++) {
    for (let p = 0; p < d; p++) for (let q = p + 1; q < d; q++) rotate(a, v, d, p, q);
  }
  const order = Array.from({ length: d }, (_, i) => i).sort((i, j) => a[j * d + j]! - a[i * d + i]! || i - j);
  const vectors = new Float64Array(d * d);
  for (const [rank, i] of order.entries()) {
    const vector = v.subarray(i * d, (i + 1) * d), sign = signOf(vector);
    for (let k = 0; k < d; k++) vectors[rank * d + k] = sign * vector[k]!;
  }
  return { values: Float64Array.from(order, (i) => a[i * d + i]!), vectors };
}
