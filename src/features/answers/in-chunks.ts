import type { ReplyEvent } from '../../contract/reply';

/** About what models say at a time, and the most of it: a long answer must not become a million parts. */
const CHARACTERS = 24;
const CHUNKS = 500;

/** Text in parts that end where words do, as a stream brings it; everything else as it is. */
export function* inChunks(events: readonly ReplyEvent[]): Generator<ReplyEvent> {
  for (const event of events)
    if (event.type === 'text' || event.type === 'thinking' || event.type === 'refusal')
      for (const text of parts(event.text)) yield { ...event, text };
    else yield event;
}

function* parts(text: string): Generator<string> {
  const size = Math.max(CHARACTERS, Math.ceil(text.length / CHUNKS));
  let start = 0;
  while (text.length - start > size) {
    const end = endOfWord(text, start, start + size);
    yield text.slice(start, end);
    start = end;
  }
  yield text.slice(start);
}

/** After the last space before `most`; never within a character, and never nothing. */
function endOfWord(text: string, start: number, most: number): number {
  const space = text.lastIndexOf(' ', most - 1);
  if (space >= start) return space + 1;
  const code = text.charCodeAt(most - 1);
  return code >= 0xd800 && code <= 0xdbff ? most - 1 : most;
}
