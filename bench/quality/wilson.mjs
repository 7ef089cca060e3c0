const Z = 1.959964;

/** Wilson's 95 % interval of a share, in per cent. */
export function interval(hits, n) {
  const p = hits / n;
  const middle = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  return [middle - half, middle + half].map((bound) => (Math.min(1, Math.max(0, bound)) * 100).toFixed(1)).join('–');
}
