import type { Candidate } from '../../contract/call';
import type { ChatRequest, EmbeddingsRequest, ModelRequest, Part } from '../../contract/request';
import type { Model } from '../../platform/config/models';
import { lineUp, missingOf, type Known } from './line-up';

const text: Part = { type: 'text', text: 'hi' };
const image: Part = { type: 'image', source: { kind: 'url', url: 'https://example.org/x.png' } };
const chat = (parts: readonly Part[] = [text], more: Partial<ChatRequest> = {}): ChatRequest => ({
  operation: 'chat',
  model: 'x',
  stream: false,
  messages: [{ role: 'user', parts }],
  tools: [],
  hints: [],
  extras: [],
  ...more,
});
const embeddings: EmbeddingsRequest = {
  operation: 'embeddings',
  model: 'x',
  stream: false,
  input: ['a'],
  format: 'float',
  hints: [],
  extras: [],
};

/** `provider/model`; what is known of it, if anything. */
function known(name: string, model?: Partial<Model>, candidate: Partial<Candidate> = {}): Known {
  const [provider = '', bare = ''] = name.split('/');
  return {
    candidate: { provider, model: bare, ...candidate },
    model: model && { operations: ['chat'], ...model },
    sandbox: provider === 'sandbox',
  };
}
const sees = (name: string) => known(name, { capabilities: ['images'] });
const blind = (name: string) => known(name, { capabilities: [] });

const asListed = (candidates: Candidate[]) => candidates;
const reversed = (candidates: Candidate[]) => candidates.toReversed();
const names = (request: ModelRequest, listed: readonly Known[], inOrder = asListed) =>
  lineUp(request, listed, inOrder).map(({ provider, model }) => `${provider}/${model}`);

describe('lineUp', () => {
  it('takes all of them for plain text, in the given order, each once', () => {
    expect(names(chat(), [known('a/1'), blind('b/1'), known('a/1'), sees('c/1')])).toEqual(['a/1', 'b/1', 'c/1']);
    expect(names(chat(), [known('a/1'), blind('b/1')], reversed)).toEqual(['b/1', 'a/1']);
  });

  it('leaves out what is known not to take what the call holds', () => {
    expect(names(chat([image]), [blind('a/1'), sees('b/1'), blind('c/1'), sees('d/1')])).toEqual(['b/1', 'd/1']);
  });

  it('lets an unknown model begin, but not stand in where more than text is needed', () => {
    expect(names(chat([image]), [known('a/1'), known('b/1'), sees('c/1')])).toEqual(['a/1', 'c/1']);
    expect(names(chat([image]), [known('a/1'), sees('c/1')], reversed)).toEqual(['c/1']);
    expect(names(chat([image]), [known('a/1', { contextTokens: 9_000 }), sees('b/1')])).toEqual(['a/1', 'b/1']);
  });

  it('passes over what is known to hold to no schema, not over what is not known of', () => {
    const schema = chat([text], { responseFormat: { type: 'json_schema', name: 'x', schema: {} } });
    const free = known('a/1', { jsonSchema: false });
    expect(names(schema, [free, known('b/1'), known('c/1', {})])).toEqual(['b/1', 'c/1']);
    expect(missingOf(schema, [free])).toEqual(['JSON schemas']);
  });

  it('leaves the answer to a model that the caller named', () => {
    const named = known('a/1', { capabilities: [] }, { named: true });
    expect(names(chat([image]), [named, blind('b/1'), sees('c/1')])).toEqual(['a/1', 'c/1']);
  });

  it('is empty when nothing takes what is needed, and says what is missing', () => {
    const tooled = known('b/1', { capabilities: ['tools'] });
    const both = chat([image], { tools: [{ name: 'f', schema: {} }] });
    expect(names(both, [blind('a/1'), tooled])).toEqual([]);
    expect(missingOf(both, [blind('a/1'), tooled])).toEqual(['images']);
    expect(missingOf(both, [sees('a/1'), tooled])).toEqual(['tools', 'images']);
  });

  it('lets nothing stand in whose context is too short, and lets the first one speak for itself', () => {
    const short = { contextTokens: 10 };
    const long = chat([{ type: 'text', text: 'word '.repeat(100) }]);
    expect(names(long, [known('a/1', short), known('b/1', short), known('c/1', { contextTokens: 9_000 })])).toEqual([
      'a/1',
      'c/1',
    ]);
    expect(names(chat(), [known('a/1', short), known('b/1', short)])).toEqual(['a/1', 'b/1']);
  });

  it.each(['count_tokens', 'embeddings'] as const)(
    'lets only the same model of another provider stand in for %s',
    (op) => {
      const request = op === 'embeddings' ? embeddings : chat([text], { operation: op });
      expect(names(request, [known('a/1'), known('b/2'), known('c/1')])).toEqual(['a/1', 'c/1']);
    },
  );

  it('lets nobody stand in for the provider that holds the conversation', () => {
    expect(names(chat([text], { continues: 'msg_1' }), [known('a/1'), known('b/1')])).toEqual(['a/1']);
  });

  it('never puts the sandbox behind a real model, wherever it is listed and whatever the order', () => {
    expect(names(chat(), [known('a/1'), known('sandbox/1')])).toEqual(['a/1']);
    expect(names(chat(), [known('a/1'), known('sandbox/1')], reversed)).toEqual(['a/1']);
    expect(names(chat(), [known('sandbox/1'), known('a/1'), known('sandbox/2')])).toEqual(['sandbox/1', 'a/1']);
    expect(names(chat(), [known('sandbox/1'), known('a/1')], reversed)).toEqual(['a/1']);
    expect(names(chat(), [known('sandbox/1'), known('sandbox/2')])).toEqual(['sandbox/1', 'sandbox/2']);
  });
});
