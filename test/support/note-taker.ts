import type { Question } from '../../src/contract/job';
import type { Json } from '../../src/contract/json';

/** Sentences of the pages in a question that reads a part of a document, as many as asked for on each page. */
export function sentencesOf({ prompt }: Pick<Question, 'prompt'>): readonly { page: number; sentence: string }[] {
  const [, ...parts] = prompt.split(/^\[page (\d+)\]$/m);
  const found: { page: number; sentence: string }[] = [];
  for (let i = 0; i < parts.length; i += 2)
    for (const sentence of (parts[i + 1] ?? '')
      .replace(/<<END[^]*/, '')
      .replaceAll('\n', ' ')
      .split(/(?<=\.) /))
      if (sentence.trim().endsWith('.')) found.push({ page: Number(parts[i]), sentence: sentence.trim() });
  return found;
}

/** Numbers of the notes in a question that puts notes together. */
export function notesOf({ prompt }: Pick<Question, 'prompt'>): readonly number[] {
  return Array.from(prompt.matchAll(/^(\d+)\. \(page/gm), ([, number]) => Number(number));
}

/** A model that reads documents faithfully: a note for each sentence that it is shown, and for each ten of them one. */
export function takeNotes(question: Pick<Question, 'prompt' | 'schema' | 'system'>): Json {
  if (question.system?.startsWith('You take notes'))
    return {
      notes: sentencesOf(question).map(({ page, sentence }) => ({ statement: sentence, page, quote: sentence })),
    };
  const numbers = notesOf(question);
  if (question.system?.includes('Make fewer notes')) {
    const tens = numbers.filter((number) => number % 10 === 1);
    return {
      notes: tens.map((first) => ({
        statement: `Some from ${first}.`,
        sources: numbers.filter((n) => n >= first && n < first + 10),
      })),
    };
  }
  return {
    summary: 'It says some things.',
    points: numbers.map((number) => ({ statement: `Point ${number}.`, sources: [number] })),
  };
}
