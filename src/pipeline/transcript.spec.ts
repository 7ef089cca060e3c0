import { NO_USAGE, type ReplyEvent } from '../contract/reply';
import { Transcript } from './transcript';

async function taken(events: ReplyEvent[], room = 1_000) {
  const transcript = new Transcript(room);
  for (const event of events) transcript.add(event);
  return transcript.said();
}

describe('Transcript', () => {
  it('takes down what was said, thought and called, choice by choice', async () => {
    expect(
      await taken([
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

  it('counts vectors', async () => {
    expect(await taken([{ type: 'embedding', index: 0, vector: [1, 2] }])).toEqual({ choices: [], embeddings: 1 });
  });

  it('is bounded, and says so', async () => {
    const text = (words: string): ReplyEvent => ({ type: 'text', block: 0, text: words });
    expect(await taken([text('12345'), text('67890'), text('more')], 8)).toEqual({
      choices: [{ text: '12345678' }],
      cut: true,
    });
  });

  it('does not make a long list for a number that a provider invents', async () => {
    const { choices } = await taken([{ type: 'text', choice: 1_000_000, block: 0, text: 'far' }]);
    expect(choices).toEqual([{ text: 'far' }]);
  });

  it('keeps texts as the one who masks them gives them back', async () => {
    const transcript = new Transcript(1_000);
    transcript.add({ type: 'text', block: 0, text: 'Hello' });
    transcript.add({ type: 'tool_call', block: 1, id: 'c', name: 'find' });
    transcript.add({ type: 'tool_arguments', block: 1, json: '{}' });
    expect(await transcript.said(async (text) => `<${text.length}>`)).toEqual({
      choices: [{ text: '<5>', tool_calls: [{ id: 'c', name: 'find', arguments: '<2>' }] }],
    });
  });
});
