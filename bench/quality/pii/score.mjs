/** A finding may be this much longer than what it should cover: an extension, a bracket. */
const SLACK = 6;

/** Counts per key: found, missed, wrong (another kind, or nobody's), and missed ones that another kind of finding covered. */
export class Score {
  counts = new Map();

  of(key) {
    if (!this.counts.has(key)) this.counts.set(key, { found: 0, missed: 0, wrong: 0, covered: 0 });
    return this.counts.get(key);
  }

  /** @param language said of the keys @param keysOf keys for a span or finding of an entity */
  add(spans, findings, keysOf, note = () => {}) {
    const used = new Set();
    for (const span of spans) {
      const hit = findings.find(
        (one) =>
          one.entity === span.entity &&
          one.start <= span.start &&
          one.end >= span.end &&
          one.end - one.start <= span.end - span.start + SLACK,
      );
      const covered = !hit && findings.some((one) => one.start <= span.start && one.end >= span.end);
      if (hit) used.add(hit);
      else note('missed', span);
      for (const key of keysOf(span.entity)) {
        this.of(key)[hit ? 'found' : 'missed']++;
        if (covered) this.of(key).covered++;
      }
    }
    for (const finding of findings)
      if (!used.has(finding)) {
        note('wrong', finding);
        for (const key of keysOf(finding.entity)) this.of(key).wrong++;
      }
  }
}

/** Wilson's 95 % interval of a share. */
export function wilson(hits, total) {
  if (!total) return [NaN, NaN];
  const z = 1.96;
  const share = hits / total;
  const middle = share + (z * z) / (2 * total);
  const width = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  return [(middle - width) / (1 + (z * z) / total), (middle + width) / (1 + (z * z) / total)];
}

const share = (hits, total) => {
  if (!total) return '–';
  const [low, high] = wilson(hits, total);
  return `${(hits / total).toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
};

export const row = (key, { found, missed, wrong, covered }) =>
  `| ${key} | ${found + missed} | ${share(found, found + wrong)} | ${share(found, found + missed)} | ${share(found + covered, found + missed)} |`;
export const HEAD = '| | n | precision (95 %) | recall (95 %) | covered by any finding |\n|---|---|---|---|---|';
