import type { Finding } from '../finding';

interface Piece {
  readonly rank: number;
  readonly start: number;
  end: number;
}

/**
 * The same stretches, but each belongs to one finding only: where two overlap, the one that comes first in the list has it and
 * the other keeps what is left, which may be nothing or several pieces. A piece is never `validated`.
 * @param ranked the strongest first
 * @param text where it is given, pieces lose the space and punctuation at their edges
 * @returns in order of appearance
 */
export function withoutOverlap(ranked: readonly Finding[], text?: string): Finding[] {
  return piecesOf(ranked).flatMap(({ rank, start, end }) => {
    const finding = ranked[rank] as Finding;
    if (start === finding.start && end === finding.end) return [finding];
    const [from, to] = text === undefined ? [start, end] : trimmed(text, start, end);
    return from < to ? [{ ...finding, start: from, end: to, validated: false }] : [];
  });
}

function piecesOf(ranked: readonly Finding[]): Piece[] {
  const byStart = [...ranked.keys()].sort((a, b) => startOf(ranked, a) - startOf(ranked, b));
  const edges = [...new Set(ranked.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  // few stretches overlap in one place, so looking at all that are open there is cheap
  let open: number[] = [];
  let next = 0;
  for (const [at, edge] of edges.entries()) {
    open = open.filter((rank) => (ranked[rank] as Finding).end > edge);
    for (; next < byStart.length && startOf(ranked, byStart[next] as number) <= edge; next++)
      open.push(byStart[next] as number);
    const until = edges[at + 1];
    if (!open.length || until === undefined) continue;
    const rank = open.reduce((a, b) => Math.min(a, b));
    const last = pieces.at(-1);
    if (last?.rank === rank && last.end === edge) last.end = until;
    else pieces.push({ rank, start: edge, end: until });
  }
  return pieces;
}

function startOf(ranked: readonly Finding[], rank: number): number {
  return (ranked[rank] as Finding).start;
}

/** From the first to the last letter, digit or mark; empty where there is none. */
function trimmed(text: string, start: number, end: number): [from: number, to: number] {
  let [from, to] = [end, start];
  for (const { 0: point, index } of text.slice(start, end).matchAll(/[\p{L}\p{N}\p{M}]/gu)) {
    from = Math.min(from, start + index);
    to = start + index + point.length;
  }
  return [from, to];
}
