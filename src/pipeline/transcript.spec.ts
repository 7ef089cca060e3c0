import { NO_USAGE, type ReplyEvent } from '../contract/reply';
import { Transcript } from './transcript';

function taken(events: ReplyEvent[], room = 1_000) {
  const transcript = new Transcript(room);
  for (const event of events) transcript.add(event);
  return transcript.said;
}

describe('Transcript', () => {
  it('takes down what was said, thought and called, choice by choice', () => {
    expect(
      taken([
        { type: 'start', id: 'x', model: 'm' },
        { type: 'thinking', block: 0, text: 'hm' },
        { type: 'text', block: 1, text: 'Hel' },
        { type: 'text', block: 1, text: 'lo' },
        { type: 'tool_call', block: 2, id: 'c1', name: 'find' },
        { type: 'tool_call', block: 3, id: 'c2', name: 'find' },
        { type: 'tool_arguments', block: 3, json: '{"b":2}' },
        { type: 'tool_arguments', block: 2, json: '{"a":1}' },
        { type: 'text', choice: 1, block: 0, text: 'Or' },
        { type: 'refusal', choice: 1, block: 1, text: 'No' },
        { type: 'finish', reason: 'stop' },
        { type: 'end', usage: NO_USAGE },
      ]),
    ).toEqual({
      choices: [
        {
          thinking: 'hm',
          text: 'Hello',
          tool_calls: [
            { id: 'c1', name: 'find', arguments: '{"a":1}' },
            { id: 'c2', name: 'find', arguments: '{"b":2}' },
          ],
        },
        { text: 'Or', refusal: 'No' },
      ],
    });
  });

  it('counts vectors', () => {
    expect(taken([{ type: 'embedding', index: 0, vector: [1, 2] }])).toEqual({ choices: [], embeddings: 1 });
  });

  it('is bounded, and says so', () => {
    const text = (words: string): ReplyEvent => ({ type: 'text', block: 0, text: words });
    expect(taken([text('12345'), text('67890'), text('more')], 8)).toEqual({
      choices: [{ text: '12345678' }],
      cut: true,
    });
  });

  it('does not make a long list for a number that a provider invents', () => {
    expect(taken([{ type: 'text', choice: 1_000_000, block: 0, text: 'far' }]).choices).toEqual([{ text: 'far' }]);
  });
});
