import type { JsonObject } from '../contract/json';
import type { ModelRequest } from '../contract/request';
import type { Dialect, WireRequest } from '../contract/wire';
import { CODECS } from './codecs';
import { withInstructions } from './with-instructions';

const decode = ({ dialect, body }: WireRequest) => CODECS[dialect as Dialect].decodeRequest(body);
const user = { role: 'user', content: 'Hello' };

function bodyWith(dialect: Dialect, body: JsonObject, place: 'before' | 'after'): JsonObject {
  const wire = { dialect, body, headers: {} };
  return withInstructions({ request: decode(wire), wire }, 'Be brief.', place, decode).wire.body;
}

describe('withInstructions', () => {
  it.each([
    ['before', ['Be brief.', 'Be kind.', 'Hello']],
    ['after', ['Be kind.', 'Be brief.', 'Hello']],
  ] as const)('puts a message %s those of Chat Completions', (place, expected) => {
    const developer = { role: 'developer', content: 'Be kind.' };
    const { messages } = bodyWith('openai-chat', { model: 'm', messages: [developer, user] }, place);
    expect((messages as { content: string }[]).map(({ content }) => content)).toEqual(expected);
  });

  it('puts it into what Responses and Anthropic have for it, and before the first word where there is nothing', () => {
    expect(
      bodyWith('openai-responses', { model: 'm', instructions: 'Be kind.', input: 'Hello' }, 'before'),
    ).toMatchObject({ instructions: 'Be brief.\n\nBe kind.' });
    expect(bodyWith('openai-responses', { model: 'm', input: 'Hello' }, 'after')).toMatchObject({
      instructions: 'Be brief.',
    });
    const anthropic = { model: 'm', max_tokens: 9, messages: [user] };
    const brief = { type: 'text', text: 'Be brief.' };
    const kind = { type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } };
    expect(bodyWith('anthropic-messages', { ...anthropic, system: [kind] }, 'after')).toMatchObject({
      system: [kind, brief],
    });
    expect(bodyWith('anthropic-count', anthropic, 'before')).toMatchObject({ system: [brief] });
    expect(bodyWith('openai-chat', { model: 'm', messages: [user] }, 'after')).toMatchObject({
      messages: [{ role: 'system', content: 'Be brief.' }, user],
    });
  });

  it('is told to the request where there is no body, and leaves alone what takes no instructions', () => {
    const wire = { dialect: 'internal', body: {}, headers: {} } as const;
    const asked = decode({ dialect: 'openai-chat', body: { model: 'm', messages: [user] }, headers: {} });
    const { request } = withInstructions({ request: asked, wire }, 'Be brief.', 'after', decode);
    expect((request as Extract<ModelRequest, { messages: unknown }>).messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
    ]);
    const embeddings = { model: 'm', input: 'Hello' };
    expect(bodyWith('openai-embeddings', embeddings, 'after')).toBe(embeddings);
  });
});
