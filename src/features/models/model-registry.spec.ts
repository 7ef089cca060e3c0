import { QUESTION } from '../../../test/support/attempt';
import type { ConfiguredProvider } from '../../platform/config/config';
import { Prices } from '../../platform/config/prices';
import { LiveKeys } from '../../platform/secrets/live-keys';
import { ModelRegistry } from './model-registry';

const http = (name: string, type: 'anthropic' | 'openai' | 'local', models: string[]): ConfiguredProvider => ({
  name,
  type,
  models,
  place: 'external',
  baseUrl: 'http://127.0.0.1',
  apiKeys: LiveKeys.of(),
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
  place: 'external',
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

  it('follows what is set while it runs, call by call', () => {
    const now = { aliases: { fast: ['openai/gpt-mini'] }, models: models.models };
    const live = new ModelRegistry({ providers: [anthropic, openai], models: now });
    expect(names(live.resolve('fast', 'chat'))).toEqual(['openai/gpt-mini']);
    now.aliases = { fast: ['anthropic/claude-haiku'] };
    expect(names(live.resolve('fast', 'chat'))).toEqual(['anthropic/claude-haiku']);
  });

  it('knows a vendor’s bare name by its pattern, and says what is known of the model', () => {
    expect(registry(anthropic, openai).resolve('claude-haiku', 'chat')).toEqual([
      { provider: 'anthropic', model: 'claude-haiku', maxOutputTokens: 64_000, thinks: true, named: true },
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

  it('tells a model that the caller named from one that an alias stands for', () => {
    const known = registry(anthropic, openai);
    const named = (name: string) => known.resolve(name, 'chat').map((candidate) => candidate.named ?? false);
    expect([named('fast'), named('gpt-mini'), named('openai/gpt-mini')]).toEqual([[false, false], [true], [true]]);
  });

  it('says what a model costs, where that is known', () => {
    const dear = { input: 0.5, output: 4 };
    const days = [dear, { from: '2025-08-07', input: 0.25, output: 2 }, { from: '9999-12-31', ...dear }];
    const { prices } = Prices.parse({ prices: { 'openai/gpt-mini': days } });
    const priced = new ModelRegistry({ providers: [anthropic, openai], models, prices });
    const today = { input: 250_000, output: 2_000_000 };
    expect(priced.resolve('fast', 'chat').map(({ price }) => price)).toEqual([undefined, today]);
    expect(priced.resolve('openai/gpt-mini-2025-08-07', 'chat').map(({ price }) => price)).toEqual([today]);
  });

  it('finds a model to turn to only at a configured provider and for what it does', () => {
    const known = registry(openai);
    expect(known.target('openai/gpt-mini', 'chat')).toMatchObject({ provider: 'openai', model: 'gpt-mini' });
    expect(known.target('openai/gpt-mini', 'chat')?.named).toBeUndefined();
    expect(known.target('openai/gpt-mini', 'embeddings')).toBeUndefined();
    expect(known.target('anthropic/claude-haiku', 'chat')).toBeUndefined();
  });

  it('lines up those that take what a request holds, and refuses it by name when there is none', () => {
    const blind = { operations: ['chat' as const], capabilities: [] };
    const seeing = { operations: ['chat' as const], capabilities: ['images' as const] };
    const aliases = { x: ['anthropic/blind', 'openai/seeing'], y: ['anthropic/blind'] };
    const known = new ModelRegistry({
      providers: [anthropic, openai],
      models: { aliases, models: { 'anthropic/blind': blind, 'openai/seeing': seeing } },
    });
    const image = { type: 'image' as const, source: { kind: 'url' as const, url: 'https://example.org/x.png' } };
    const ask = (model: string) =>
      known.lineUp(
        { ...QUESTION, model, messages: [{ role: 'user', parts: [image] }] },
        known.resolve(model, 'chat'),
        (all) => all,
      );
    expect(names(ask('x'))).toEqual(['openai/seeing']);
    expect(names(ask('anthropic/blind'))).toEqual(['anthropic/blind']);
    expect(() => ask('y')).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message: "No model behind 'y' takes images",
        facts: { param: 'model' },
      }),
    );
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

  describe('of models with versions and an end', () => {
    const life = {
      aliases: { old: ['openai/gone', 'openai/gpt-mini'], gone: ['openai/gone'] },
      models: {
        'openai/gpt-mini': {
          operations: ['chat' as const],
          maxOutputTokens: 10,
          versions: {
            '2026-05-01': {},
            '1': { model: 'mini-one', deprecatedAt: '2020-01-01', replacement: 'openai/gpt-mini' },
          },
        },
        'openai/gone': { operations: ['chat' as const], retiresAt: '2020-01-01', replacement: 'openai/gone-too' },
        'openai/gone-too': { operations: ['chat' as const], retiresAt: '2021-01-01', replacement: 'openai/gpt-mini' },
      },
    };
    const ending = (onRetired: 'refuse' | 'replace' | 'allow') =>
      new ModelRegistry({ providers: [anthropic, openai], models: life, modelSettings: { onRetired, warnDays: 30 } });

    it('asks for a version by its provider’s name, and knows of it what is known of the model', () => {
      const known = ending('refuse');
      const [version] = known.resolve('openai/gpt-mini@2026-05-01', 'chat');
      expect(version).toMatchObject({ provider: 'openai', model: 'gpt-mini-2026-05-01', maxOutputTokens: 10 });
      expect(known.resolve('gpt-mini@1', 'chat')[0]).toMatchObject({ model: 'mini-one', named: true });
      expect(known.resolve('openai/mini-one', 'chat')[0]).toMatchObject({ maxOutputTokens: 10 });
    });

    it('tells the end of a version apart from that of its model', () => {
      const known = ending('refuse');
      expect(known.deprecation('openai/mini-one')).toMatchObject({
        model: 'openai/mini-one',
        status: 'deprecated',
        warning: 'openai/mini-one is deprecated since 2020-01-01: use openai/gpt-mini',
      });
      expect(known.deprecation('openai/gpt-mini')).toBeUndefined();
      expect(known.deprecation('openai/not-known')).toBeUndefined();
    });

    it('leaves out a retired model, and refuses it by name with what replaces it', () => {
      const known = ending('refuse');
      expect(names(known.resolve('old', 'chat'))).toEqual(['openai/gpt-mini']);
      for (const name of ['gone', 'openai/gone'])
        expect(() => known.resolve(name, 'chat')).toThrow(
          expect.objectContaining({
            code: 'model_not_found',
            message: 'The model openai/gone is retired since 2020-01-01: use openai/gone-too',
          }),
        );
      expect(known.find('gone')).toBeUndefined();
      expect(known.list().map(({ id }) => id)).not.toContain('gone');
    });

    it('puts the replacement in its place where that is wanted, and that one’s where it is retired as well', () => {
      expect(ending('replace').resolve('gone', 'chat')).toEqual([
        expect.objectContaining({ provider: 'openai', model: 'gpt-mini', insteadOf: 'openai/gone' }),
      ]);
      expect(ending('replace').resolve('openai/gone', 'chat')[0].named).toBeUndefined();
      expect(names(ending('allow').resolve('gone', 'chat'))).toEqual(['openai/gone']);
    });

    it('ends where replacements go round in circles', () => {
      const round = { operations: ['chat' as const], retiresAt: '2020-01-01' };
      const models = {
        'openai/a': { ...round, replacement: 'openai/b' },
        'openai/b': { ...round, replacement: 'openai/a' },
      };
      const settings = { onRetired: 'replace' as const, warnDays: 30 };
      const known = new ModelRegistry({
        providers: [openai],
        models: { aliases: {}, models },
        modelSettings: settings,
      });
      expect(() => known.resolve('openai/a', 'chat')).toThrow(expect.objectContaining({ code: 'model_not_found' }));
    });
  });
});
