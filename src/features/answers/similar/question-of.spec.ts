import type { ChatRequest, Message } from '../../../contract/request';
import { QUESTION } from '../../../../test/support/attempt';
import { questionOf } from './question-of';

const says = (role: Message['role'], text: string): Message => ({ role, parts: [{ type: 'text', text }] });
const of = (...messages: Message[]) => questionOf({ ...QUESTION, messages });

describe('questionOf', () => {
  it('is what the user said last, and the rest is all else', () => {
    const before = [says('system', 'Be brief'), says('user', 'Hi'), says('assistant', 'Hello')];
    const found = of(...before, says('user', 'How?'));
    expect(found?.text).toBe('How?');
    expect(found?.rest.messages).toEqual([...before, { role: 'user', parts: [] }]);
  });

  it('looks past instructions at the end', () => {
    const found = of(says('user', 'How?'), says('system', 'Be brief'));
    expect(found?.text).toBe('How?');
    expect(found?.rest.messages.at(-1)).toEqual(says('system', 'Be brief'));
  });

  it.each<[string, Partial<ChatRequest>]>([
    ['an answer', { messages: [says('user', 'Hi'), says('assistant', 'Hello')] }],
    ['nothing', { messages: [] }],
    ['a picture', { messages: [{ role: 'user', parts: [{ type: 'image', source: { kind: 'url', url: 'x' } }] }] }],
    ['tokens to be counted', { operation: 'count_tokens' }],
  ])('is none where a call ends with %s', (_what, over) => {
    expect(questionOf({ ...QUESTION, ...over })).toBeUndefined();
  });
});
