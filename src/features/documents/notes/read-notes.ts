import { isObject, type Json } from '../../../contract/json';
import type { Chunk } from '../split/chunk';
import { QuotedPages } from './find-quote';
import type { Citation, Note } from './note';

const STATEMENT_CHARACTERS = 2_000;
/** Of one chunk or one batch. */
const MOST_NOTES = 200;
const MOST_CITATIONS = 20;

export interface ReadNotes {
  readonly notes: readonly Note[];
  /** Quotes that do not stand where the model saw them, nor near. */
  readonly unverified: number;
}

/** The notes that a model took of a chunk, with the quotes that really stand there. */
export function readNotes(answer: Json | undefined, { pages }: Chunk): ReadNotes {
  const quoted = new QuotedPages(pages);
  let unverified = 0;
  const notes: Note[] = [];
  for (const { statement, page, quote } of itemsOf(answer)) {
    if (typeof statement !== 'string' || !statement.trim()) continue;
    const words = typeof quote === 'string' ? quote : '';
    const found = quoted.find(words, Number(page));
    if (!found) unverified++;
    const citations: readonly Citation[] = found ? [{ page: found.page, quote: words }] : [];
    notes.push({ statement: statement.slice(0, STATEMENT_CHARACTERS), citations });
  }
  return { notes, unverified };
}

/** Notes that a model made of others: each cites what those cite that it names. */
export function readCondensed(answer: Json | undefined, from: readonly Note[]): readonly Note[] {
  const notes: Note[] = [];
  for (const { statement, sources } of itemsOf(answer))
    if (typeof statement === 'string' && statement.trim())
      notes.push({ statement: statement.slice(0, STATEMENT_CHARACTERS), citations: citationsOf(sources, from) });
  return notes;
}

/** What the notes with these numbers cite, each once; numbers from 1, and those that are nobody's count for nothing. */
export function citationsOf(numbers: Json | undefined, notes: readonly Note[]): readonly Citation[] {
  const found = new Map<string, Citation>();
  for (const number of Array.isArray(numbers) ? (numbers as readonly Json[]) : [])
    for (const citation of notes[Number(number) - 1]?.citations ?? [])
      found.set(`${citation.page} ${citation.quote}`, citation);
  return [...found.values()].sort((a, b) => a.page - b.page).slice(0, MOST_CITATIONS);
}

/** Notes as a model is shown them: numbered from 1, with their pages. */
export function toldNotes(notes: readonly Note[]): string {
  return notes.map(toldNote).join('\n');
}

export function toldNote({ statement, citations }: Note, index: number): string {
  const pages = [...new Set(citations.map(({ page }) => page))];
  const where = pages.length ? `page ${pages.join(', ')}` : 'page unknown';
  return `${index + 1}. (${where}) ${statement.replace(/\s+/g, ' ')}`;
}

function* itemsOf(answer: Json | undefined): Generator<Record<string, Json | undefined>> {
  const notes = isObject(answer) ? answer['notes'] : undefined;
  if (!Array.isArray(notes)) return;
  for (const note of (notes as readonly Json[]).slice(0, MOST_NOTES)) if (isObject(note)) yield { ...note };
}
