import { NO_USAGE, type ReplyEvent } from '../../contract/reply';
import { AnswerRecorder } from './answer-recorder';

const START: ReplyEvent = { type: 'start', id: 'x', model: 'gpt-4o-2024' };
const STOP: ReplyEvent = { type: 'finish', reason: 'stop' };
const END = { type: 'end', usage: { ...NO_USAGE, outputTokens: 7 } } as const satisfies ReplyEvent;
const text = (said: string, block = 0): ReplyEvent => ({ type: 'text', block, text: said });

function taken(events: readonly ReplyEvent[], bytes = 100) {
  const recorder = new AnswerRecorder(bytes);
  for (const event of [START, ...events, END]) recorder.observe(event);
  return recorder.taken();
}

describe('AnswerRecorder', () => {
  it('takes an answer down, text in one piece', () => {
    expect(taken([text('a'), text('b'), text('c', 1), STOP])).toEqual({
      answeredAs: 'gpt-4o-2024',
      events: [text('ab'), text('c', 1), STOP],
      usage: END.usage,
      lasting: true,
    });
  });

  it('takes thoughts and vectors down', () => {
    const thought: ReplyEvent[] = [
      { type: 'thinking', block: 0, text: 'hm' },
      { type: 'thinking_signature', block: 0, signature: 's' },
      text('so', 1),
      { type: 'finish', reason: 'stop_sequence', stopSequence: '.' },
    ];
    expect(taken(thought)?.events).toEqual(thought);
    const vector: ReplyEvent[] = [{ type: 'embedding', index: 0, vector: [1, 2] }];
    expect(taken(vector)?.events).toEqual(vector);
  });

  it.each<[string, ReplyEvent[]]>([
    ['with something native', [text('a'), { type: 'native', block: 1, name: 'x' }, STOP]],
    ['that is too large', [text('a'.repeat(60)), text('a'.repeat(60)), STOP]],
  ])('leaves out an answer %s', (_what, events) => {
    expect(taken(events)).toBeUndefined();
  });

  it.each<[string, ReplyEvent[]]>([
    ['that says nothing', [text(''), STOP]],
    ['that was cut', [text('a'), { type: 'finish', reason: 'length' }]],
    ['of which one of several was cut', [text('a'), STOP, { type: 'finish', choice: 1, reason: 'length' }]],
    ['that was filtered', [text('a'), { type: 'finish', reason: 'content_filter' }]],
    ['that refuses', [{ type: 'refusal', block: 0, text: 'no' }, STOP]],
  ])('takes down for those who wait, and for nobody later, an answer %s', (_what, events) => {
    expect(taken(events)).toMatchObject({ events, lasting: false });
  });

  it('takes tool calls down, their arguments in one piece', () => {
    const call: ReplyEvent = { type: 'tool_call', block: 0, id: 'c', name: 't' };
    const said = (json: string): ReplyEvent => ({ type: 'tool_arguments', block: 0, json });
    const finish: ReplyEvent = { type: 'finish', reason: 'tool_calls' };
    expect(taken([call, said('{"a"'), said(':1}'), finish])).toMatchObject({
      events: [call, said('{"a":1}'), finish],
      lasting: true,
    });
  });
});
