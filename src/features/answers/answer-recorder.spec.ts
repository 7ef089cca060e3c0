import { NO_USAGE, type ReplyEvent } from '../../contract/reply';
import { AnswerRecorder } from './answer-recorder';

const START: ReplyEvent = { type: 'start', id: 'x', model: 'gpt-4o-2024' };
const STOP: ReplyEvent = { type: 'finish', reason: 'stop' };
const END: ReplyEvent = { type: 'end', usage: NO_USAGE };
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
    ['that says nothing', [text(''), STOP]],
    ['that was cut', [text('a'), { type: 'finish', reason: 'length' }]],
    ['that was filtered', [text('a'), { type: 'finish', reason: 'content_filter' }]],
    ['that refuses', [{ type: 'refusal', block: 0, text: 'no' }, STOP]],
    ['with something native', [text('a'), { type: 'native', block: 1, name: 'x' }, STOP]],
    ['that calls a tool', [text('a'), { type: 'tool_call', block: 1, id: 'c', name: 't' }, STOP]],
    ['that is too large', [text('a'.repeat(60)), text('a'.repeat(60)), STOP]],
  ])('leaves out an answer %s', (_what, events) => {
    expect(taken(events)).toBeUndefined();
  });
});
