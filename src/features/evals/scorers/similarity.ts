import type { Score } from './score';

/** The cosine of two vectors is the score; what points away from the text is like nothing. @param min the least that passes */
export function similarity(answer: ArrayLike<number>, expected: ArrayLike<number>, min: number): Score {
  const score = Math.max(0, Math.min(1, cosine(answer, expected)));
  const passed = score >= min;
  return { score, passed, ...(!passed && { why: `less than ${min}` }) };
}

/** 0 for vectors of different lengths, or without direction. */
function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return 0;
  let [product, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    product += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  const lengths = Math.sqrt(ofA) * Math.sqrt(ofB);
  // a few bits too many or too few make a text unlike itself
  return lengths ? Math.round((product / lengths) * 1e9) / 1e9 : 0;
}
