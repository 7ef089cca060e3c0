import { withoutThoughts } from './without-thoughts';

const question = { role: 'user', content: 'q', reasoning: 'mine' };
const answer = { role: 'assistant', content: 'a', annotations: [] };
const signed = [{ type: 'thinking', thinking: 't', signature: 's' }];

it('takes thoughts out of answers, and leaves everything else', () => {
  expect(
    withoutThoughts([
      question,
      { ...answer, reasoning_content: 't', thinking_blocks: signed },
      { ...answer, reasoning: 't' },
      { role: 'assistant', content: null, tool_calls: [], reasoning_content: null },
    ]),
  ).toEqual([question, answer, answer, { role: 'assistant', content: null, tool_calls: [] }]);
});

it('leaves an empty turn where there was nothing but thoughts', () => {
  expect(withoutThoughts([{ role: 'assistant', content: null, reasoning_content: 't' }])).toEqual([
    { role: 'assistant', content: '' },
  ]);
});

it('is the same list where there are none', () => {
  const messages = [question, answer];
  expect(withoutThoughts(messages)).toBe(messages);
});
