import { evalCase } from './eval-case';

const chat = (body: object) => ({ request: { dialect: 'openai-chat', body: { model: 'fast', ...body } } });
const made = (content: object) => evalCase('f-1', content, 'Yes.', ['a']);

describe('evalCase', () => {
  it('is what was asked, in any dialect, with what would have been right', () => {
    const expected = {
      id: 'f-1',
      system: 'Be kind.',
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'Is it?' },
      ],
      expect: 'Yes.',
      tags: ['a'],
    };
    const turns = expected.messages;
    expect(made(chat({ messages: [{ role: 'system', content: 'Be kind.' }, ...turns] }))).toEqual(expected);
    const body = { model: 'fast', max_tokens: 5, system: 'Be kind.', messages: turns };
    expect(made({ request: { dialect: 'anthropic-messages', body } })).toEqual(expected);
    const input = turns.map(({ role, content }) => ({ role, content }));
    const responses = { model: 'fast', instructions: 'Be kind.', input };
    expect(made({ request: { dialect: 'openai-responses', body: responses } })).toEqual(expected);
  });

  it.each([
    ['no content', {}],
    ['another dialect', { request: { dialect: 'constructor', body: {} } }],
    [
      'an image',
      chat({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.org/a' } }] }] }),
    ],
    [
      'the model’s turn last',
      chat({
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
      }),
    ],
    ['vectors', { request: { dialect: 'openai-embeddings', body: { model: 'm', input: 'a' } } }],
  ])('is none of %s', (_what, content) => expect(made(content)).toBeUndefined());
});
