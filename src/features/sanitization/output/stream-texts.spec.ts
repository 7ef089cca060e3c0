import { NO_USAGE, type ReplyEvent } from '../../../contract/reply';
import { StreamTexts, type TextFilter } from './stream-texts';

/** Holds the last character back. */
class Late implements TextFilter {
  private held = '';

  push(piece: string): string {
    const text = this.held + piece;
    this.held = text.slice(-1);
    return text.slice(0, -1);
  }

  end(): string {
    return this.held;
  }
}

const text = (said: string, block = 0, choice?: number): ReplyEvent => ({
  type: 'text',
  block,
  text: said,
  ...(choice !== undefined && { choice }),
});
const json = (said: string, block: number): ReplyEvent => ({ type: 'tool_arguments', block, json: said });
const call = (block: number): ReplyEvent => ({ type: 'tool_call', block, id: `c${block}`, name: 'f' });
const FINISH: ReplyEvent = { type: 'finish', reason: 'stop' };
const END: ReplyEvent = { type: 'end', usage: NO_USAGE };

const passed = (events: readonly ReplyEvent[], filters: () => TextFilter[] = () => [new Late()]): ReplyEvent[] => {
  const texts = new StreamTexts(filters);
  return events.flatMap((event) => texts.next(event));
};

describe('StreamTexts', () => {
  it.each<[string, readonly ReplyEvent[], readonly ReplyEvent[]]>([
    ['another block begins', [text('ab'), text('cd', 1)], [text('a'), text('b'), text('c', 1)]],
    ['a tool is called', [text('ab'), call(1)], [text('a'), text('b'), call(1)]],
    ['its choice is over', [text('ab'), FINISH], [text('a'), text('b'), FINISH]],
    ['the answer is over', [text('ab'), END], [text('a'), text('b'), END]],
    [
      'a thought is signed',
      [
        { type: 'thinking', block: 0, text: 'ab' },
        { type: 'thinking_signature', block: 0, signature: 's' },
      ],
      [
        { type: 'thinking', block: 0, text: 'a' },
        { type: 'thinking', block: 0, text: 'b' },
        { type: 'thinking_signature', block: 0, signature: 's' },
      ],
    ],
  ])('asks for the rest when %s', (_when, events, expected) => expect(passed(events)).toEqual(expected));

  it('leaves the texts of other choices open', () => {
    const finish: ReplyEvent = { type: 'finish', choice: 1, reason: 'stop' };
    expect(passed([text('ab', 0, 0), text('cd', 0, 1), finish])).toEqual([
      text('a', 0, 0),
      text('c', 0, 1),
      text('d', 0, 1),
      finish,
    ]);
  });

  it('leaves the arguments of calls open that are told side by side', () => {
    expect(passed([call(0), json('ab', 0), call(1), json('cd', 1), json('ef', 0), FINISH])).toEqual([
      call(0), json('a', 0), call(1), json('c', 1), json('be', 0), json('f', 0), json('d', 1), FINISH,
    ]); // prettier-ignore
  });

  it('leads what one filter lets go of at last through those after it', () => {
    const upper = (): TextFilter => ({ push: (piece) => piece.toUpperCase(), end: () => '' });
    expect(passed([text('ab'), END], () => [new Late(), upper(), new Late()])).toEqual([text('AB'), END]);
  });

  it('says nothing where nothing is to be said yet, and hands on what was empty as it came', () => {
    expect(passed([text('a')])).toEqual([]);
    expect(passed([text('')])).toEqual([text('')]);
  });

  it('hands everything else on untouched', () => {
    const others: ReplyEvent[] = [
      { type: 'start', id: 'x', model: 'm' },
      { type: 'native', name: 'n', block: 3 },
      { type: 'redacted_thinking', block: 4, data: 'd' },
      { type: 'embedding', index: 0, vector: [1] },
      { type: 'token_count', tokens: 1 },
    ];
    expect(passed(others)).toEqual(others);
  });
});
