import { ModelTable, type Stored } from './model-table';
import type { AliasSetting } from '../../platform/config/models';

const table = () =>
  new ModelTable({
    aliases: { fast: ['openai/small'], best: ['openai/big'] },
    models: { 'openai/big': { operations: ['chat'] } },
  });
const learn = (of: ModelTable, ...aliases: readonly (readonly [string, Stored<AliasSetting>])[]) =>
  of.learn({ alias: new Map(aliases), model: new Map() });

describe('ModelTable', () => {
  it('is what the file says until something is set, which is stronger', () => {
    const known = table();
    expect(known.aliases).toEqual({ fast: ['openai/small'], best: ['openai/big'] });
    expect(known.storedAs('alias', 'fast')).toEqual({ version: 0, setting: undefined });
    learn(known, ['fast', { version: 3, setting: { models: ['local/llama'] } }]);
    expect(known.aliases).toEqual({ fast: ['local/llama'], best: ['openai/big'] });
    expect(known.storedAs('alias', 'fast').version).toBe(3);
  });

  it('is what the file says again when what was set is gone; its version stays', () => {
    const known = table();
    learn(known, ['fast', { version: 4, setting: undefined }], ['mine', { version: 2, setting: undefined }]);
    expect(known.aliases).toEqual({ fast: ['openai/small'], best: ['openai/big'] });
    expect(known.storedAs('alias', 'fast').version).toBe(4);
  });

  it('knows the names that somebody set or declared, and no others', () => {
    const known = table();
    learn(known, ['mine', { version: 1, setting: { models: ['local/llama'] } }]);
    const names = [
      'fast',
      'mine',
      'openai/big',
      'big',
      'local/llama',
      'llama',
      'small',
      'ann@example.com',
      'constructor',
    ];
    expect(names.filter((name) => known.isListed(name))).toEqual(names.slice(0, 7));
  });

  it('puts what was set of a model over what the file says; null takes it away', () => {
    const known = new ModelTable({
      aliases: {},
      models: { 'openai/big': { operations: ['chat'], thinking: true, retiresAt: '2030-01-01' } },
    });
    const model = new Map([
      ['openai/big', { version: 1, setting: { contextTokens: 9, retiresAt: null } }],
      ['openai/new', { version: 1, setting: { replacement: 'openai/big' } }],
    ]);
    known.learn({ alias: new Map(), model });
    expect(known.models).toEqual({
      'openai/big': { operations: ['chat'], thinking: true, contextTokens: 9 },
      'openai/new': { operations: ['chat'], replacement: 'openai/big' },
    });
  });
});
