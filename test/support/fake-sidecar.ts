import { setTimeout as sleep } from 'node:timers/promises';
import type { Script } from './upstream';

/** What the sidecar knows: a word and what it is. */
export type Vocabulary = Readonly<Record<string, string>>;

export interface FoundEntity {
  readonly entity_type: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** As Presidio answers: every place of a known word, in code points. */
export function analysisOf(text: string, vocabulary: Vocabulary, score = 0.85): FoundEntity[] {
  return Object.entries(vocabulary).flatMap(([word, entity_type]) => {
    const length = pointsIn(word);
    const pieces = text.split(word);
    let end = 0;
    return pieces.slice(0, -1).map((piece) => {
      const start = end + pointsIn(piece);
      end = start + length;
      return { entity_type, start, end, score };
    });
  });
}

function pointsIn(text: string): number {
  return Array.from(text).length;
}

/** A server of Presidio's API that knows some words. */
export function sidecar(vocabulary: Vocabulary): Script {
  return ({ path, body, response }) => {
    if (path.endsWith('/health')) return void response.writeHead(200).end('up');
    if (!path.endsWith('/analyze')) return void response.writeHead(404).end();
    const text = String(body['text']);
    // as Python fails to encode it, and Presidio refuses to examine nothing
    if (!text || !text.isWellFormed()) return void response.writeHead(500).end();
    return answers(analysisOf(text, vocabulary))({ response } as Parameters<Script>[0]);
  };
}

/** The same JSON whatever is asked; text is sent as it is. */
export function answers(json: unknown, change: Readonly<Record<string, string | undefined>> = {}): Script {
  const headers = Object.entries({ 'content-type': 'application/json', ...change });
  return ({ response }) => {
    for (const [name, value] of headers) if (value !== undefined) response.setHeader(name, value);
    response.end(typeof json === 'string' ? json : JSON.stringify(json));
  };
}

/** One person in the first three code points, with something else instead. */
export function finds(change: object): Script {
  return answers([{ entity_type: 'PERSON', start: 0, end: 3, score: 0.85, ...change }]);
}

/** Repeats the text with its complaint, as a server may. */
export function failsWith(status: number): Script {
  return ({ response, raw }) => {
    response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' });
    response.end(status === 204 ? undefined : JSON.stringify({ error: raw.toString() }));
  };
}

export const hangsUp: Script = ({ response }) => void response.destroy();

/** In the middle of an answer that repeats the text. */
export const breaksOff: Script = ({ response, body }) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(`[{"entity_type":"${String(body['text'])}`, () => response.destroy());
};

/** More than anybody should read. */
export const endless: Script = async ({ response, signal }) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const much = ' '.repeat(65_536);
  for (let i = 0; i < 2_000 && !signal.aborted; i++) {
    response.write(much);
    await sleep(0);
  }
};
