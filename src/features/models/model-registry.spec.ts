import type { ConfiguredProvider } from '../../platform/config/config';
import { ModelRegistry } from './model-registry';

const http = (name: string, type: 'anthropic' | 'openai' | 'local', models: string[]): ConfiguredProvider => ({
  name,
  type,
  models,
  baseUrl: 'http://127.0.0.1',
  apiKeys: [],
  connections: 1,
  connectMs: 500,
  totalMs: 10_000,
});
const anthropic = http('anthropic', 'anthropic', ['claude-*']);
const openai = http('openai', 'openai', ['gpt-*', 'text-embedding-*']);
const sandbox: ConfiguredProvider = {
  name: 'sandbox',
  type: 'sandbox',
  models: [],
  firstTokenMs: 0,
  tokensPerSecond: 0,
};
const models = {
  aliases: { fast: ['anthropic/claude-haiku', 'openai/gpt-mini', 'sandbox/fast'] },
  models: {
    'anthropic/claude-haiku': { operations: ['chat' as const], maxOutputTokens: 64_000, thinking: true },
    'openai/gpt-mini': { operations: ['chat' as const], thinking: false },
    'openai/text-embedding-3-small': { operations: ['embeddings' as const] },
    'local/llama': { operations: ['chat' as const] },
    'sandbox/fast': { operations: ['chat' as const] },
  },
};
const registry = (...providers: ConfiguredProvider[]) => new ModelRegistry({ providers, models });
const names = (found: readonly { provider: string; model: string }[]) =>
  found.map(({ provider, model }) => `${provider}/${model}`);

describe('ModelRegistry', () => {
  it('resolves an alias to the models whose provider is configured, in order', () => {
    expect(names(registry(anthropic, openai).resolve('fast', 'chat'))).toEqual([
      'anthropic/claude-haiku',
      'openai/gpt-mini',
    ]);
    expect(names(registry(openai).resolve('fast', 'chat'))).toEqual(['openai/gpt-mini']);
  });

  it('knows a vendor’s bare name by its pattern, and says what is known of the model', () => {
    expect(registry(anthropic, openai).resolve('claude-haiku', 'chat')).toEqual([
      { provider: 'anthropic', model: 'claude-haiku', maxOutputTokens: 64_000, thinks: true },
    ]);
    expect(names(registry(anthropic, openai).resolve('gpt-not-listed', 'chat'))).toEqual(['openai/gpt-not-listed']);
  });

  it('takes provider/name as it is', () => {
    expect(names(registry(http('vllm', 'local', [])).resolve('vllm/meta/llama-3', 'chat'))).toEqual([
      'vllm/meta/llama-3',
    ]);
  });

  it.each(['no-such-model', 'nobody/gpt-4', 'openai/', '/gpt', '', 'constructor', '__proto__'])(
    'does not know %j',
    (name) => {
      expect(() => registry(anthropic, openai).resolve(name, 'chat')).toThrow(
        expect.objectContaining({ code: 'model_not_found' }),
      );
    },
  );

  it('never echoes a name that does not look like one', () => {
    expect(() => registry(openai).resolve('my e-mail is ann@example.com', 'chat')).toThrow(
      /The model of that name does not exist/,
    );
  });

  it('refuses an operation that the model does not do', () => {
    const known = registry(anthropic, openai);
    expect(() => known.resolve('claude-haiku', 'embeddings')).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
    expect(() => known.resolve('text-embedding-3-small', 'chat')).toThrow(/does not do chat/);
    expect(names(known.resolve('text-embedding-9', 'embeddings'))).toEqual(['openai/text-embedding-9']);
  });

  it('lets the sandbox answer for known names only where there is nothing else', () => {
    expect(names(registry(sandbox).resolve('gpt-4o', 'chat'))).toEqual(['sandbox/gpt-4o']);
    expect(names(registry(sandbox).resolve('llama', 'chat'))).toEqual(['sandbox/llama']);
    expect(() => registry(sandbox).resolve('no-such-model', 'chat')).toThrow('does not exist');
    expect(() => registry(sandbox, anthropic).resolve('gpt-4o', 'chat')).toThrow('does not exist');
  });

  it('lists only names that answer, and each of them resolves', () => {
    const known = registry(openai);
    expect(known.list().map(({ id }) => id)).toEqual(['fast', 'gpt-mini', 'text-embedding-3-small']);
    for (const { id } of known.list()) expect(known.find(id)?.id).toBe(id);
    expect(known.find('llama')).toBeUndefined();
  });
});
